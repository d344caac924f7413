import { encodeText } from "../../bytes.ts";
import { parseStatus } from "../../channel/status_frame.ts";
import { reasonOf } from "../../client/api_error.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  type ConnectErrorCode,
  ConnectionLostError,
} from "../../errors.ts";

/** How long to wait between attempts, in milliseconds. */
export interface Pace {
  /** The first wait; each is twice the one before. */
  readonly first: number;
  /** The longest. */
  readonly longest: number;
}

/** As client-go's, but for a quicker first attempt. */
export const PACE: Pace = { first: 100, longest: 30_000 };

/** The waits between attempts, longer and longer until one has succeeded. */
export class Backoff {
  readonly #pace: Pace;
  #next: number;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#next = pace.first;
  }

  /** The next wait is a short one again. */
  reset(): void {
    this.#next = this.#pace.first;
  }

  /**
   * The next wait, at least `least` milliseconds. Half of it is left to chance,
   * so that many clients do not come back all at once.
   */
  next(least: number = 0): number {
    const delay = this.#next * (0.5 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, this.#pace.longest);
    return Math.max(delay, least);
  }
}

/** Waits; rejects with the signal's reason as soon as it aborts. */
export function sleep(
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** The answers of a server that may be better off a moment later. */
const PASSING = [429, 500, 502, 503, 504];

/** The failures to connect that no waiting mends. */
const LASTING: readonly ConnectErrorCode[] = [
  "CERT_UNTRUSTED",
  "CERT_EXPIRED",
  "CERT_NAME",
  "PROXY_AUTH",
];

/** Whether trying again may help. */
export function isTransient(error: unknown): error is Error {
  if (error instanceof ConnectionLostError) return true;
  if (error instanceof CallTimeoutError) return true;
  if (error instanceof ConnectError) return !LASTING.includes(error.code);
  return error instanceof ApiError && PASSING.includes(error.httpStatus);
}

/** Whether the version to start from is so old that the server has let go of it. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError &&
    (error.httpStatus === 410 || ["Expired", "Gone"].includes(error.reason));
}

/** Milliseconds that the server asks to wait; 0 when it does not. */
export function retryAfter(error: unknown): number {
  if (!(error instanceof ApiError)) return 0;
  return (error.apiStatus?.details?.retryAfterSeconds ?? 0) * 1000;
}

/** The error for a Status that came in a watch instead of an object. */
export function statusError(action: string, object: unknown): ApiError {
  const apiStatus = parseStatus(encodeText(JSON.stringify(object ?? null)));
  const { code = 500, message = "" } = apiStatus ?? {};
  const reason = apiStatus?.reason ?? reasonOf(code, "watch");
  return new ApiError(
    `Cannot ${action}: ${code} ${reason}${message && `: ${message}`}`,
    { httpStatus: code, reason, apiStatus },
  );
}
