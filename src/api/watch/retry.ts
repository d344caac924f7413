import { onAbort } from "../../abortable.ts";
import { isCredentialsFailure } from "../../config/credentials.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  type ConnectErrorCode,
  ConnectionLostError,
} from "../../errors.ts";
import { startTimer } from "../../timers.ts";

/** The range of delays between attempts, in milliseconds. */
export interface DelayRange {
  /** The first delay; each is twice the one before. */
  readonly first: number;
  /** The longest delay. */
  readonly longest: number;
}

/** As in client-go, but with a quicker first attempt. */
export const RETRY_DELAYS: DelayRange = { first: 100, longest: 30_000 };

/** The delays between attempts: they grow until one succeeds. */
export class Backoff {
  readonly #range: DelayRange;
  #next: number;

  constructor(range: DelayRange) {
    this.#range = range;
    this.#next = range.first;
  }

  /** Starts again with the first delay. */
  reset(): void {
    this.#next = this.#range.first;
  }

  /**
   * The next delay, at least `least` milliseconds. Half of it is random, so that
   * many clients do not come back at the same time.
   */
  next(least: number = 0): number {
    const delay = this.#next * (0.5 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, this.#range.longest);
    return Math.max(delay, least);
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

/** The HTTP status codes of a server that may recover soon. */
const TRANSIENT_STATUS = [429, 500, 502, 503, 504];

/** The failures to connect that retrying cannot fix. */
const LASTING_CODES: readonly ConnectErrorCode[] = [
  "CERT_UNTRUSTED",
  "CERT_EXPIRED",
  "CERT_NAME",
  "PROXY_AUTH",
];

/**
 * Whether retrying may help, given that the server has been reached before. So
 * may credentials that cannot be obtained, for example while a plugin fails or
 * while a file is being replaced.
 */
export function isTransient(error: unknown): error is Error {
  if (error instanceof ConnectionLostError) return true;
  if (isCredentialsFailure(error)) return true;
  if (error instanceof CallTimeoutError) return true;
  if (error instanceof ConnectError) return !LASTING_CODES.includes(error.code);
  return error instanceof ApiError &&
    TRANSIENT_STATUS.includes(error.httpStatus);
}

/** The delay that the server asks for, in milliseconds; 0 if it does not. */
export function retryAfter(error: unknown): number {
  return error instanceof ApiError ? error.retryAfter ?? 0 : 0;
}
