import type { Bytes } from "../../src/bytes.ts";

/** `length` bytes, each of them `value`. */
export function filled(length: number, value = 120): Bytes {
  return new Uint8Array(length).fill(value);
}

/** Pseudorandom bytes; the same seed gives the same bytes. */
export function pattern(length: number, seed = 1): Bytes {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Reads a stream to its end, as text. */
export function textOf(stream: ReadableStream<Bytes>): Promise<string> {
  return new Response(stream).text();
}

/** A stream of `chunks`; Bun 1.3 has no `ReadableStream.from`. */
export function streamOf<T>(chunks: readonly T[]): ReadableStream<T> {
  return new ReadableStream<T>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** Reads a stream to its end. */
export async function bytesOf(stream: ReadableStream<Bytes>): Promise<Bytes> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Faster than `assertEquals` on megabytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength &&
    left.every((byte, index) => byte === right[index]);
}

/** SHA-256 in hex, as `sha256sum` prints it. */
export async function sha256(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
