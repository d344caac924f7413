import { CallTimeoutError } from "../errors.ts";

/** The longest delay that `setTimeout` keeps to. */
const LONGEST = 2 ** 31 - 1;

/**
 * The timeout of a call: its own if it names one, else the client's.
 *
 * @returns Milliseconds, or null for none.
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

/** What {@linkcode isTimeout} asks for, in words. */
export const TIMEOUT_RULE =
  `it must be null (none) or milliseconds above 0, at most ${LONGEST}`;

/** Whether `value` can be a timeout: null, or milliseconds above 0. */
export function isTimeout(value: unknown): value is number | null {
  return value === null ||
    typeof value === "number" && value > 0 && value <= LONGEST;
}

/** One clock for a whole call, joined with the caller's signal. */
export interface Deadline {
  /** Aborts with a {@linkcode CallTimeoutError} or with the caller's reason. */
  readonly signal: AbortSignal;
  /** Stops the clock; the caller's signal is still followed. */
  stopClock(): void;
  /** Stops the clock and lets go of the caller's signal. Idempotent. */
  release(): void;
}

/**
 * Starts the clock of a call.
 *
 * @param action What the call does, for the message: "Cannot {action}: ...".
 */
export function startDeadline(
  action: string,
  timeout: number | null,
  signal?: AbortSignal | null,
): Deadline {
  const controller = new AbortController();
  const follow = () => controller.abort(signal?.reason);
  if (signal?.aborted) follow();
  else signal?.addEventListener("abort", follow, { once: true });
  const timer = timeout === null || signal?.aborted
    ? undefined
    : setTimeout(() => controller.abort(expired(action, timeout)), timeout);
  const stopClock = () => clearTimeout(timer);
  return {
    signal: controller.signal,
    stopClock,
    release() {
      stopClock();
      signal?.removeEventListener("abort", follow);
    },
  };
}

function expired(action: string, timeout: number): CallTimeoutError {
  return new CallTimeoutError(
    `Cannot ${action}: not done within ${timeout} ms`,
    { timeout },
  );
}
