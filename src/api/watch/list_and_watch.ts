import {
  Backoff,
  type DelayRange,
  RETRY_DELAYS,
} from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import type { KubeObject, Stored } from "../../client/kube_object.ts";
import { ApiError, ProtocolError } from "../../errors.ts";
import {
  type Collection,
  NoEventsError,
  type WatchEvent,
} from "./collection.ts";
import { retryAfter, RetryPolicy } from "./retry.ts";

/** A step of following a collection: the list of its objects, or one change. */
export type ListWatchEvent<T extends KubeObject> =
  | { readonly type: "LISTED"; readonly objects: readonly Stored<T>[] }
  | WatchEvent<T>;

/** Options of {@linkcode listAndWatch}. */
export interface ListWatchOptions {
  /** Where to begin; null: list first, and again if the version expires. */
  readonly resourceVersion: string | null;
  readonly signal: AbortSignal;
  /** Called with each failure that is survived. */
  readonly onRetry?: (error: Error) => void;
  readonly delays?: DelayRange;
  /** That of the call which the watch is part of; defaults to its own. */
  readonly policy?: RetryPolicy;
}

/** After so many responses in a row without an event, it lists again. */
const MAX_EVENTLESS = 3;

/** After so many lists without an event in between, a failure is thrown. */
const MAX_USELESS_LISTS = 2;

/**
 * Follows a collection without end. Each connection continues from the last
 * version seen, so that no event is reported twice or missed. If the server no
 * longer has that version (410), everything is listed again; a version that the
 * caller chose is the caller's to replace.
 *
 * A failure that the policy does not survive is thrown.
 */
export async function* listAndWatch<T extends KubeObject>(
  collection: Collection<T>,
  options: ListWatchOptions,
): AsyncGenerator<ListWatchEvent<T>, never> {
  const { resourceVersion: start, signal, onRetry } = options;
  const { delays = RETRY_DELAYS } = options;
  const { policy = new RetryPolicy(collection.retryLimit) } = options;
  const backoff = new Backoff(delays);
  let version = start;
  let reached = false;
  let eventless = 0;
  let uselessLists = 0;
  while (true) {
    let pause = 0;
    const begun = performance.now();
    const listing = version === null;
    try {
      if (version === null) {
        const { objects, resourceVersion } = await collection.list(signal);
        reached = true;
        policy.reached();
        version = resourceVersion;
        yield { type: "LISTED", objects };
      }
      const events = await collection.watch(version, signal);
      reached = true;
      policy.reached();
      for await (const { type, object } of events) {
        backoff.reset();
        eventless = uselessLists = 0;
        version = object.metadata.resourceVersion;
        if (type === "BOOKMARK") continue;
        yield { type, object };
        signal.throwIfAborted();
      }
      eventless = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NoEventsError) {
        if (++eventless === MAX_EVENTLESS) {
          if (start !== null) throw error;
          if (!error.empty && ++uselessLists === MAX_USELESS_LISTS) throw error;
          eventless = 0;
          version = null;
        }
      } else if (isUnavailable(error) && start === null) version = null;
      else if (
        listing && version === null && reached &&
        error instanceof ProtocolError
      ) {
        // Also a list may come from a proxy while its server restarts.
        if (++uselessLists >= MAX_USELESS_LISTS) throw error;
      } else if (!policy.survives(error)) throw error;
      pause = retryAfter(error);
      onRetry?.(error as Error);
    }
    if (performance.now() - begun > delays.longest) backoff.reset();
    await sleep(backoff.next(pause), signal);
  }
}

/**
 * Whether the server cannot watch from this version: it no longer has it, or,
 * restored from a backup, does not have it yet.
 */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { httpStatus, reason, apiStatus } = error;
  if (httpStatus === 410 || ["Expired", "Gone"].includes(reason)) return true;
  return apiStatus?.details?.causes?.some((cause) =>
    cause.reason === "ResourceVersionTooLarge"
  ) ?? false;
}
