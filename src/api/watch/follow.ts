import type { KubeObject, Stored } from "../../client/kube_object.ts";
import {
  Backoff,
  isGone,
  isTransient,
  PACE,
  type Pace,
  retryAfter,
  sleep,
} from "./retry.ts";
import type { Collection, WatchEvent } from "./collection.ts";

/** A step of following a collection: all that there is, or one change of it. */
export type Step<T extends KubeObject> =
  | { readonly type: "LISTED"; readonly objects: readonly Stored<T>[] }
  | WatchEvent<T>;

/** How to follow a collection. */
export interface FollowOptions {
  /** Where to begin; null lists first, and again when the version is gone. */
  readonly resourceVersion: string | null;
  readonly signal: AbortSignal;
  /** Told of each failure that is survived. */
  readonly onRetry?: (error: Error) => void;
  readonly pace?: Pace;
}

/**
 * Follows a collection without an end: where a connection ends, the next one
 * goes on from the last version seen, so that nothing is told twice or left
 * out. Where the server has let go of that version (410), everything is listed
 * anew; but whoever named the version to begin with has to do that.
 *
 * Only what fails before the server has answered once is thrown, and what no
 * waiting mends.
 */
export async function* follow<T extends KubeObject>(
  collection: Collection<T>,
  options: FollowOptions,
): AsyncGenerator<Step<T>, never> {
  const { resourceVersion: start, signal, onRetry } = options;
  const { pace = PACE } = options;
  const backoff = new Backoff(pace);
  let version = start;
  let reached = false;
  while (true) {
    let pause = 0;
    const begun = performance.now();
    try {
      if (version === null) {
        const { objects, resourceVersion } = await collection.list(signal);
        reached = true;
        version = resourceVersion;
        yield { type: "LISTED", objects };
      }
      const events = await collection.watch(version, signal);
      reached = true;
      for await (const { type, object } of events) {
        backoff.reset();
        version = object.metadata.resourceVersion;
        if (type === "BOOKMARK") continue;
        yield { type, object };
        signal.throwIfAborted();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (isGone(error) && start === null) version = null;
      else if (!reached || !isTransient(error)) throw error;
      pause = retryAfter(error);
      onRetry?.(error as Error);
    }
    if (performance.now() - begun > pace.longest) backoff.reset();
    await sleep(backoff.next(pause), signal);
  }
}
