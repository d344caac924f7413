import type { Bytes } from "../bytes.ts";
import { PodwireError } from "../errors.ts";
import { bodyLost } from "../transport/read_body.ts";

/**
 * Wraps `body`, and calls `settled` once it has ended, failed or been cancelled.
 * An error of the transport's own becomes a `ConnectionLostError`.
 *
 * @param signal If it has aborted, its reason replaces the transport's error.
 * @param settled Called with the failure; null if there is none.
 * @param received Called with each chunk.
 */
export function onBodyEnd(
  body: ReadableStream<Bytes>,
  signal: AbortSignal,
  settled: (failure: unknown) => void,
  received: (chunk: Bytes) => void = () => {},
): ReadableStream<Bytes> {
  const reader = body.getReader();
  return new ReadableStream<Bytes>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          received(value);
          return controller.enqueue(value);
        }
      } catch (error) {
        const failure = signal.aborted
          ? signal.reason
          : error instanceof PodwireError
          ? error
          : bodyLost(error);
        settled(failure);
        throw failure;
      }
      settled(null);
      controller.close();
    },
    async cancel(reason) {
      settled(null);
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
