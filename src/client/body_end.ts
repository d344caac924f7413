import type { Bytes } from "../bytes.ts";
import { PodwireError } from "../errors.ts";
import { bodyLost } from "../transport/response_body.ts";

/**
 * Wraps `body`, and calls `settled` once it has ended, failed or been cancelled.
 * An error of the transport's own becomes a `ConnectionLostError`.
 *
 * @param signal If it has aborted, its reason replaces the transport's error.
 */
export function onBodyEnd(
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
