import { type Bytes, concatBytes } from "../bytes.ts";
import { PodwireError } from "../errors.ts";
import { bodyLost } from "../transport/response_body.ts";

/** All of `body`. */
export async function readAll(body: ReadableStream<Bytes>): Promise<Bytes> {
  return await readUpTo(body, Infinity);
}

/** The first `limit` bytes of `body`; the rest is cancelled. */
export async function readUpTo(
  body: ReadableStream<Bytes>,
  limit: number,
): Promise<Bytes> {
  const reader = body.getReader();
  const parts: Bytes[] = [];
  let length = 0;
  while (length < limit) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(parts);
    parts.push(value);
    length += value.byteLength;
  }
  await reader.cancel();
  return concatBytes(parts).subarray(0, limit);
}

/**
 * `body`, and a call of `settled` once it has ended, failed or been cancelled.
 * Where a transport's own error ends it, that is a `ConnectionLostError`.
 *
 * @param signal What the transport may have ended it for.
 */
export function observeEnd(
  body: ReadableStream<Bytes>,
  signal: AbortSignal,
  settled: () => void,
): ReadableStream<Bytes> {
  const reader = body.getReader();
  return new ReadableStream<Bytes>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
      } catch (error) {
        settled();
        signal.throwIfAborted();
        throw error instanceof PodwireError ? error : bodyLost(error);
      }
      settled();
      controller.close();
    },
    async cancel(reason) {
      settled();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
