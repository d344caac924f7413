import type { Socket } from "node:net";
import { type Bytes, concatBytes } from "../../src/bytes.ts";
import { openSocket } from "../../src/testing/server/open_socket.ts";
import { sha256 } from "./bytes.ts";

/** Everything that a peer sends, up to its end. */
export function received(socket: Socket): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(new Uint8Array(chunk)));
  return new Promise((resolve, reject) => {
    socket.once("end", () => resolve(concatBytes(chunks)));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed without an end")));
  });
}

/**
 * Sends bytes to a port of this machine, ends that direction, and returns what
 * comes back before the end of the other.
 */
export async function exchangeBytes(
  port: number,
  request: Uint8Array,
): Promise<Bytes> {
  const socket = await openSocket("127.0.0.1", port);
  const answer = received(socket);
  socket.end(request);
  try {
    return await answer;
  } finally {
    socket.destroy();
  }
}

/**
 * Waits for the end of a request, sends an answer and ends.
 *
 * @returns The request, as {@linkcode sumOf} describes it.
 */
export async function answerWithSum(
  socket: Socket,
  answer: Uint8Array,
): Promise<string> {
  const request = await received(socket);
  socket.end(answer);
  return await sumOf(request);
}

/** The size and the SHA-256 of bytes. */
export async function sumOf(bytes: Bytes): Promise<string> {
  return `${bytes.byteLength} ${await sha256(bytes)}`;
}
