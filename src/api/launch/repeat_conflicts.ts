import { Backoff } from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import { ApiError } from "../../errors.ts";

/** How often a change is tried. */
const ATTEMPTS = 8;

const DELAYS = { first: 20, longest: 1_000 };

/**
 * Sends a change that does not depend on what it changes, and again as long as the
 * server says that another one came between. That is not only that of the object:
 * to count a pod, the server changes its quotas, and gives up after some conflicts
 * if many are created at once.
 */
export async function repeatConflicts<T>(
  send: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const backoff = new Backoff(DELAYS);
  for (let left = ATTEMPTS - 1;; left--) {
    try {
      return await send();
    } catch (error) {
      if (left === 0 || !isConflict(error)) throw error;
    }
    await sleep(backoff.next(), signal);
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "Conflict";
}
