// `--retries` of `podwire cp`.
import { Backoff, RETRY_DELAYS } from "../client/backoff.ts";
import { sleep } from "../timers.ts";
import {
  ConnectError,
  ConnectionLostError,
  FileTransferError,
} from "../errors.ts";

/** How a copy that breaks off is repeated. */
export interface CopyRetries {
  /** How often at most; negative: without a limit, 0: never. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Told before each repetition, counted from 1. */
  readonly onRetry: (error: Error, retry: number) => Promise<void>;
}

/**
 * Runs `attempt`, and again as long as it only loses its connection.
 *
 * @throws The last error, or the signal's reason.
 */
export async function withRetries<Result>(
  { limit, signal, onRetry }: CopyRetries,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const backoff = new Backoff(RETRY_DELAYS);
  for (let retry = 1;; retry++) {
    try {
      return await attempt();
    } catch (error) {
      const isLast = limit >= 0 && retry > limit;
      if (isLast || signal.aborted || !isInterruption(error)) throw error;
      await onRetry(error, retry);
      await sleep(backoff.next(), signal);
    }
  }
}

/** Codes of a server that may be back soon. */
const UNREACHABLE: readonly string[] = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EUNREACHABLE",
];

/** Whether another attempt may come further. */
function isInterruption(error: unknown): error is Error {
  return error instanceof ConnectionLostError ||
    error instanceof ConnectError && UNREACHABLE.includes(error.code) ||
    error instanceof FileTransferError && error.reason === "Incomplete";
}
