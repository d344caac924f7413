/** The longest delay that `setTimeout` keeps to, about 24.8 days. */
export const LONGEST_DELAY: number = 2 ** 31 - 1;

/** How {@linkcode startTimer} runs. */
export interface TimerOptions {
  /**
   * The number of steps that the delay is divided into, 1 by default. After a
   * blocked event loop, timers run before pending I/O is read: with several
   * steps that costs one step, not the whole delay.
   */
  readonly steps?: number;
  /** The functions to use instead of the global ones. */
  readonly clock?: Clock;
}

/** `setTimeout` and `clearTimeout`. */
export interface Clock {
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

const GLOBAL_CLOCK: Clock = {
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/**
 * Calls `run` once after `milliseconds`, which may be more than `setTimeout`
 * takes.
 *
 * @returns A function that cancels the timer. `run` is never called after it:
 * Deno 2.5 runs a timer that is cleared in the turn in which it is due.
 */
export function startTimer(
  milliseconds: number,
  run: () => void,
  { steps = 1, clock = GLOBAL_CLOCK }: TimerOptions = {},
): () => void {
  const step = Math.min(milliseconds / steps, LONGEST_DELAY);
  let left = milliseconds;
  let cancelled = false;
  const next = (): unknown =>
    clock.setTimeout(() => {
      if (cancelled) return;
      left -= step;
      // Rounding leaves a fraction of a millisecond.
      if (left >= 1) timer = next();
      else run();
    }, Math.min(step, left));
  let timer = next();
  return () => {
    cancelled = true;
    clock.clearTimeout(timer);
  };
}
