import { onAbort } from "../abortable.ts";

/** Resolves after `milliseconds`, or as soon as the signal aborts. */
export async function sleep(
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const stop = onAbort(signal, () => resolve());
  await promise;
  stop();
  clearTimeout(timer);
}
