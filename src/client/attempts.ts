import { abortable } from "../abortable.ts";
import type { ClusterConfig, Identity } from "../config/cluster_config.ts";
import { ApiError, HandshakeError } from "../errors.ts";
import { Backoff, LONGEST_RETRY_AFTER, RETRY_DELAYS } from "./backoff.ts";
import { sleep } from "../timers.ts";
import type { Deadline } from "./deadline.ts";

/**
 * The HTTP status codes of a server that refuses a request before it acts: of
 * the API server's flow control, and of one that is starting or going down.
 */
const REFUSED = [429, 503];

/** How often a call that the server refuses for now may still be repeated. */
export class RetryBudget {
  #left: number;

  /** @param limit How often; 0: never. */
  constructor(limit: number) {
    this.#left = limit;
  }

  /**
   * Whether to repeat a call after `error`: only if the server asked for it, by
   * `Retry-After`. Without that a 429 may be meant: an eviction gets it as long
   * as a disruption budget does not allow it.
   *
   * @returns The delay that the server asks for, in milliseconds; null: do not
   * repeat it.
   */
  take(error: unknown): number | null {
    if (!isAnswer(error) || !REFUSED.includes(error.httpStatus)) return null;
    const { retryAfter } = error;
    if (retryAfter === null || retryAfter > LONGEST_RETRY_AFTER) return null;
    return this.#left-- > 0 ? retryAfter : null;
  }
}

/**
 * Runs `attempt` with the configured credentials, and again as long as the
 * server refuses it for now and there is time left: a delay beyond the deadline
 * is not begun, since the server's answer says more than a timeout.
 *
 * @param limit How often it is repeated.
 * @param repeating Called before each further attempt, also after a 401.
 */
export async function repeated<Answer>(
  config: ClusterConfig,
  { signal, left }: Pick<Deadline, "signal" | "left">,
  limit: number,
  attempt: (identity: Identity) => Promise<Answer>,
  repeating: (error: unknown, delay: number) => void = () => {},
): Promise<Answer> {
  const budget = new RetryBudget(limit);
  const backoff = new Backoff(RETRY_DELAYS);
  let attempts = 0;
  const counted = (identity: Identity) => {
    attempts++;
    return attempt(identity);
  };
  while (true) {
    try {
      return await withCredentials(config, signal, counted, repeating);
    } catch (error) {
      if (isAnswer(error)) error.attempts = attempts;
      const asked = budget.take(error);
      const rest = left();
      if (asked === null || asked >= rest) throw error;
      const delay = Math.min(backoff.next(asked), (asked + rest) / 2);
      repeating(error, delay);
      await sleep(delay, signal);
    }
  }
}

/**
 * Runs `attempt` with the configured credentials; after a 401, once more if
 * fresh credentials are available.
 */
async function withCredentials<Answer>(
  config: ClusterConfig,
  signal: AbortSignal,
  attempt: (identity: Identity) => Promise<Answer>,
  repeating: (error: unknown, delay: number) => void,
): Promise<Answer> {
  const identity = await abortable(config.authenticate(signal), signal);
  try {
    return await attempt(identity);
  } catch (error) {
    if (!isAnswer(error) || error.httpStatus !== 401) throw error;
    const other = await abortable(identity.renew(signal), signal);
    if (other === null) throw error;
    repeating(error, 0);
    return await attempt(other);
  }
}

/** A transport that cannot see the answer to an upgrade throws a ConnectError. */
function isAnswer(error: unknown): error is ApiError | HandshakeError {
  return error instanceof ApiError || error instanceof HandshakeError;
}
