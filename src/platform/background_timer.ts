import { type Clock, startTimer, type TimerOptions } from "../timers.ts";
import { builtin } from "./builtin.ts";

/** Timers that let the process exit. */
const CLOCK: Clock = {
  setTimeout: (run, delay) =>
    builtin("node:timers").setTimeout(run, delay).unref(),
  clearTimeout: (timer) =>
    builtin("node:timers").clearTimeout(timer as NodeJS.Timeout),
};

const OPTIONS: TimerOptions = { steps: 4, clock: CLOCK };

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
  return startTimer(milliseconds, run, OPTIONS);
}
