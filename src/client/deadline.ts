import { onAbort } from "../abortable.ts";
import { CallTimeoutError } from "../errors.ts";
import { LONGEST_DELAY, startTimer } from "../timers.ts";

/**
 * The timeout of a call: its own, or the client's if that is undefined.
 *
 * @returns Milliseconds; null: no limit.
 * @throws {RangeError} Not a number of milliseconds above 0.
 */
export function callTimeout(
  timeout: number | null | undefined,
  inherited: number | null,
): number | null {
  if (timeout === undefined) return inherited;
  if (!isTimeout(timeout)) {
    throw new RangeError(`Cannot use the timeout ${timeout}: ${TIMEOUT_RULE}`);
  }
  return timeout;
}

/** The rule of {@linkcode isTimeout}, for messages. */
export const TIMEOUT_RULE =
  `it must be null (no limit) or milliseconds above 0, at most ${LONGEST_DELAY}`;

/** Whether `value` is a valid timeout: null, or milliseconds above 0. */
export function isTimeout(value: unknown): value is number | null {
  return value === null ||
    typeof value === "number" && value > 0 && value <= LONGEST_DELAY;
}

/** One clock for a whole call, joined with the signals that may abort it. */
export interface Deadline {
  /** Aborts with a {@linkcode CallTimeoutError} or with a signal's reason. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds until the timeout, or that of a deadline whose signal is
   * joined; Infinity without a clock that runs.
   */
  left(): number;
  /** Stops the clock; the signals still abort. */
  stopClock(): void;
  /** Aborts the signal for another reason; only the first one counts. */
  abort(reason: unknown): void;
  /** Joins one more signal, until the returned function is called. */
  follow(signal: AbortSignal): () => void;
  /** Stops the clock and stops listening to the signals. Idempotent. */
  release(): void;
}

const NOOP = (): void => {};

/** The clocks behind signals, so that a call within a call knows its time. */
const CLOCKS = new WeakMap<AbortSignal, () => number>();

/**
 * Starts the clock of a call. Unlike `AbortSignal.any` it releases the caller's
 * long-lived signals when the call ends.
 *
 * @param action For messages: "Cannot {action}: ...".
 */
export function startDeadline(
  action: string,
  timeout: number | null,
  ...signals: readonly (AbortSignal | null | undefined)[]
): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const follow = (other: AbortSignal | null | undefined) =>
    onAbort(other, (reason) => controller.abort(reason));
  const stops = signals.map(follow);
  let end = timeout === null ? Infinity : performance.now() + timeout;
  let stopTimer = timeout === null || signal.aborted
    ? NOOP
    : startTimer(timeout, () => controller.abort(expired(action, timeout)));
  const stopClock = () => {
    end = Infinity;
    stopTimer();
    // A session outlives its clock, and would keep the timer.
    stopTimer = NOOP;
  };
  const outer = signals.map((other) => other && CLOCKS.get(other));
  const left = () =>
    Math.min(
      Math.max(0, end - performance.now()),
      ...outer.map((it) => it?.() ?? Infinity),
    );
  CLOCKS.set(signal, left);
  return {
    signal,
    left,
    stopClock,
    abort: (reason) => controller.abort(reason),
    follow(other) {
      const stop = follow(other);
      stops.push(stop);
      return stop;
    },
    release() {
      stopClock();
      for (const stop of stops) stop();
    },
  };
}

/** A signal that aborts a while after another. */
export interface DelayedAbort {
  readonly signal: AbortSignal;
  /** Stops the timer, and stops listening to the other signal. Idempotent. */
  release(): void;
}

/**
 * @param delay Milliseconds between the two aborts, which have the same reason;
 * 0: there is only the first signal.
 */
export function delayAbort(first: AbortSignal, delay: number): DelayedAbort {
  if (delay === 0) return { signal: first, release: NOOP };
  const controller = new AbortController();
  // Nothing is begun in the delay: no repetition, for example.
  const left = CLOCKS.get(first);
  if (left !== undefined) CLOCKS.set(controller.signal, left);
  let stopTimer = NOOP;
  const stop = onAbort(first, (reason) => {
    stopTimer = startTimer(delay, () => controller.abort(reason));
  });
  const release = () => {
    stop();
    stopTimer();
  };
  return { signal: controller.signal, release };
}

function expired(action: string, timeout: number): CallTimeoutError {
  return new CallTimeoutError(
    `Cannot ${action}: not done within ${timeout} ms`,
    { timeout },
  );
}
