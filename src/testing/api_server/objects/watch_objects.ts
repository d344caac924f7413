import { badRequest, expired } from "../api_failure.ts";
import type { ChunkedResponse } from "../exchange.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";
import type { Change, ObjectStore } from "./object_store.ts";
import { type ObjectFilter, requestedObjects } from "./selectors.ts";

/** How often a watch is told the version, in milliseconds. */
const MINUTE = 60_000;

/** The time of one watch. */
export interface WatchClock {
  /** The client is gone, or the time is up. */
  readonly over: boolean;
  /** Resolves every minute, and when it is over. */
  tick(): Promise<"tick">;
  stop(): void;
}

/** Starts the time of a watch: so many seconds, or without an end if 0. */
export function watchClock(seconds: number, gone: AbortSignal): WatchClock {
  let next = Promise.withResolvers<"tick">();
  let over = gone.aborted;
  const tick = (): void => {
    next.resolve("tick");
    next = Promise.withResolvers();
  };
  const end = (): void => {
    over = true;
    tick();
  };
  const minutes = setInterval(tick, MINUTE);
  const timeout = seconds > 0 ? setTimeout(end, seconds * 1000) : undefined;
  gone.addEventListener("abort", end);
  return {
    get over() {
      return over;
    },
    tick: () => over ? Promise.resolve("tick") : next.promise,
    stop() {
      clearInterval(minutes);
      clearTimeout(timeout);
      gone.removeEventListener("abort", end);
    },
  };
}

/**
 * Tells the changes of objects, a line of JSON each: those after
 * `resourceVersion`, or, without one or from 0, all that there are and then
 * what comes. A version that is forgotten is told as an `ERROR`, which is how
 * servers do it.
 *
 * @throws {ApiFailure} 400, for a selector or a version that does not parse.
 */
export function watchObjects(
  store: ObjectStore,
  resource: ApiResource,
  query: URLSearchParams,
  namespace: string | null,
): ChunkedResponse {
  const wanted = requestedObjects(resource, query, namespace);
  const since = readVersion(query.get("resourceVersion"));
  const bookmarks = query.get("allowWatchBookmarks") === "true";
  const seconds = Number(query.get("timeoutSeconds") ?? 0);

  async function* lines(gone: AbortSignal): AsyncGenerator<string> {
    const clock = watchClock(seconds, gone);
    let version = since || store.version;
    try {
      if (since === 0) {
        for (const object of store.snapshot(resource, version).values()) {
          if (wanted(object)) yield line("ADDED", object);
        }
      }
      while (!clock.over) {
        if (version < store.oldest) return yield tooOld(version, store.oldest);
        for (const change of store.changesAfter(version)) {
          version = change.version;
          const type = typeOf(change, resource, wanted);
          if (type !== null) yield line(type, change.object);
        }
        if (version < store.version) continue;
        const what = await Promise.race([store.changed(), clock.tick()]);
        if (what !== "tick" || !bookmarks || gone.aborted) continue;
        yield bookmark(resource, version);
      }
    } finally {
      clock.stop();
    }
  }

  return { kind: "chunks", contentType: "application/json", chunks: lines };
}

/** What a change is to someone who sees but the wanted objects; null for nothing. */
function typeOf(
  { before, object, deleted, resource: own }: Change,
  resource: ApiResource,
  wanted: ObjectFilter,
): "ADDED" | "MODIFIED" | "DELETED" | null {
  if (own !== resource) return null;
  const was = before !== null && wanted(before);
  const is = !deleted && wanted(object);
  if (was) return is ? "MODIFIED" : "DELETED";
  return is ? "ADDED" : null;
}

function readVersion(version: string | null): number {
  if (!version) return 0;
  if (/^\d+$/.test(version)) return Number(version);
  throw badRequest(
    `resourceVersion: Invalid value: ${JSON.stringify(version)}: ` +
      "strconv.ParseUint: invalid syntax",
  );
}

function tooOld(version: number, oldest: number): string {
  const message = `too old resource version: ${version} (${oldest})`;
  return line("ERROR", expired(message).status);
}

function bookmark(resource: ApiResource, version: number): string {
  const metadata = { resourceVersion: String(version) };
  const apiVersion = groupVersionOf(resource);
  return line("BOOKMARK", { kind: resource.kind, apiVersion, metadata });
}

function line(type: string, object: unknown): string {
  return JSON.stringify({ type, object }) + "\n";
}
