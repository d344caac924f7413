import { isCredentialsFailure } from "../../config/credentials.ts";
import { type Backoff, LONGEST_RETRY_AFTER } from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  type ConnectErrorCode,
  ConnectionLostError,
} from "../../errors.ts";

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

/**
 * Which failures a call of several requests survives; the same for watches,
 * waits and followed logs:
 * - Once the server has answered as wanted, every one that may pass.
 * - Before that, an answer that may pass (429, 500, 502, 503, 504) or a
 *   connection that broke during the answer, as often as the client repeats a
 *   call. Whoever cannot connect at all is probably wrong about the server.
 */
export class RetryPolicy {
  #left: number;
  #reached = false;

  /** @param limit How often a first request is repeated. */
  constructor(limit: number) {
    this.#left = limit;
  }

  /** The server has answered as wanted. */
  reached(): void {
    this.#reached = true;
  }

  /** Whether to repeat a request after `error`. */
  survives(error: unknown): error is Error {
    if (!isTransient(error)) return false;
    if (this.#reached) return true;
    const answered = error instanceof ApiError ||
      error instanceof ConnectionLostError;
    if (!answered || retryAfter(error) > LONGEST_RETRY_AFTER) return false;
    return this.#left-- > 0;
  }
}

/** How requests are repeated. */
export interface Repetition {
  readonly policy: RetryPolicy;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
  /** Called with each failure that is survived. */
  readonly onRetry?: ((error: Error) => void) | undefined;
}

/** Runs `attempt`, and again after each failure that the policy survives. */
export async function untilAnswered<Answer>(
  attempt: () => Promise<Answer>,
  { policy, backoff, signal, onRetry }: Repetition,
): Promise<Answer> {
  while (true) {
    try {
      const answer = await attempt();
      policy.reached();
      backoff.reset();
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!policy.survives(error)) throw error;
      onRetry?.(error);
      await sleep(backoff.next(retryAfter(error)), signal);
    }
  }
}

/** The delay that the server asks for, in milliseconds; 0 if it does not. */
export function retryAfter(error: unknown): number {
  return error instanceof ApiError ? error.retryAfter ?? 0 : 0;
}
