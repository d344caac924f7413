import type { Bytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";

/**
 * The most coded bytes that are decoded in one step. Deno emits what they become,
 * up to 1,032 times as much (RFC 1951), as one chunk.
 */
const STEP = 16 * 1024;

/** Whether this runtime can decode gzip; Bun before 1.3.3 cannot. */
export function canGunzip(): boolean {
  return typeof DecompressionStream === "function";
}

/**
 * Decodes a body in gzip. Reads it only as far as its reader asks, and emits what
 * the server has flushed without waiting for more. What arrived before a failure
 * is emitted before it.
 *
 * A body that is damaged, ends too early or is followed by more, even by a second
 * gzip member (which Bun and Node 22 decode), is a `ProtocolError`.
 */
export function gunzipBody(body: ReadableStream<Bytes>): ReadableStream<Bytes> {
  const { readable, writable } = new DecompressionStream("gzip");
  const source = body.getReader();
  const decoder = writable.getWriter();
  const output = readable.getReader();
  let failure: { readonly error: unknown } | null = null;
  let started = false;
  /** A response without a body may name a coding. */
  let empty = true;

  async function feed(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await source.read();
        if (done) break;
        for (let at = 0; at < value.byteLength; at += STEP) {
          empty = false;
          const step = value.subarray(at, at + STEP);
          if (!await write(step)) return await source.cancel();
        }
      }
    } catch (error) {
      failure = { error };
    }
    // After a failure, too: that emits what is decoded, and then fails.
    await decoder.close();
  }

  async function write(step: Bytes): Promise<boolean> {
    try {
      await decoder.write(step);
      return true;
    } catch {
      return false;
    }
  }

  return new ReadableStream<Bytes>({
    async pull(controller) {
      if (!started) feed().catch(() => {});
      started = true;
      try {
        const { done, value } = await output.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        if (failure) throw failure.error;
        if (empty) return controller.close();
        throw new ProtocolError(
          "Cannot read the HTTP body: its gzip coding is broken",
          { cause },
        );
      }
    },
    async cancel(reason) {
      // Not `decoder.abort`, which waits for a step that waits for the reader.
      await Promise.all([source.cancel(reason), output.cancel(reason)]);
    },
  }, { highWaterMark: 0 });
}
