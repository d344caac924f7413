import { startTimer } from "../timers.ts";
import { builtin } from "./builtin.ts";

/**
 * Starts a timer that does not keep the process alive. Runs in four steps, so a
 * blocked event loop cannot use up the whole delay before pending I/O is read.
 *
 * @returns A function that cancels the timer.
 */
export function startBackgroundTimer(
  milliseconds: number,
  run: () => void,
): () => void {
  const timers = builtin("node:timers");
  return startTimer(milliseconds, run, {
    steps: 4,
    clock: {
      setTimeout: (step, delay) => timers.setTimeout(step, delay).unref(),
      clearTimeout: (timer) => timers.clearTimeout(timer as NodeJS.Timeout),
    },
  });
}
