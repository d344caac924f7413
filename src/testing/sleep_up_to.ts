import { onAbort } from "../abortable.ts";
import { startTimer } from "../timers.ts";

/** Resolves after `milliseconds`, or as soon as the signal aborts. */
export async function sleepUpTo(
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = startTimer(milliseconds, resolve);
  const stop = onAbort(signal, () => resolve());
  await promise;
  stop();
  cancel();
}
