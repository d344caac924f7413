import { onAbort } from "./abortable.ts";

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

const NOOP = (): void => {};

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

/** How long a {@linkcode TimeSlice} lasts, in milliseconds. */
const SLICE = 10;

/** The most iterations between two looks at the clock. */
const MAX_STRIDE = 16;

/** So many iterations are free: a short command needs no more, and no timer. */
const FREE = 8;

/**
 * Keeps a loop of promises that resolve at once from blocking the event loop:
 * timers, signals and other sockets would wait for as long as the loop finds
 * data. Deno resolves a TLS read at once while there is data, and a TLS write
 * while there is room (2.5 to 2.9).
 *
 * Call `turn` in every iteration, and `end` after the loop.
 */
export class TimeSlice {
  /** When the slice began; 0 before the first one. */
  #start = 0;
  #turned = false;
  #ended = false;
  #cancel: () => void = NOOP;
  /** Iterations between two looks at the clock, and left until the next. */
  #stride = 1;
  #left = FREE;
  #lastLook = 0;

  /**
   * Returns a promise to await if the event loop has not turned for too long,
   * else null: an `await` in every iteration would cost more than the check.
   */
  turn(): Promise<void> | null {
    if (--this.#left > 0 || this.#ended) return null;
    const now = performance.now();
    // The clock costs as much as a small read: look less often in a quick loop.
    const quick = now - this.#lastLook < 1;
    this.#stride = quick ? Math.min(2 * this.#stride, MAX_STRIDE) : 1;
    this.#left = this.#stride;
    this.#lastLook = now;
    if (now - this.#start < SLICE) return null;
    if (!this.#turned && this.#start > 0) return this.#pause();
    this.#next();
    return null;
  }

  /** Releases the timer, and ends a pause under way. Idempotent. */
  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  /**
   * A timer that is not due: without it the event loop polls sockets only now
   * and then. With `setImmediate` or a MessageChannel a request waited 750 to
   * 1,600 ms beside a slow reader (Deno 2.9), with this 50 ms.
   */
  async #pause(): Promise<void> {
    this.#cancel();
    await new Promise<void>((resolve) => {
      const cancel = startTimer(0, resolve);
      this.#cancel = () => {
        cancel();
        resolve();
      };
    });
    this.#next();
  }

  #next(): void {
    this.#cancel();
    if (this.#ended) return;
    this.#start = performance.now();
    this.#turned = false;
    this.#cancel = startTimer(0, () => {
      this.#turned = true;
      // An idle connection would keep the timer that has run.
      this.#cancel = NOOP;
    });
  }
}

/** Waits; rejects with the signal's reason as soon as it aborts. */
export function sleep(
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopTimer = () => {};
    const stopListening = onAbort(signal, (reason) => {
      stopTimer();
      reject(reason);
    });
    if (signal.aborted) return;
    // It divides delays that are too long for `setTimeout`.
    stopTimer = startTimer(milliseconds, () => {
      stopListening();
      resolve();
    });
  });
}
