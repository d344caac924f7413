import { startTimer } from "../../../timers.ts";
import { badRequest, expired, tooLargeVersion } from "../api_failure.ts";
import type { ChunkedResponse } from "../api_request.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";
import type { Change, ObjectStore } from "./object_store.ts";
import { type ObjectFilter, objectFilter } from "./selectors.ts";

/** Milliseconds between two bookmarks. */
const BOOKMARK_INTERVAL = 60_000;

/** The timers of one watch. */
interface WatchTimers {
  /** Whether the client is gone or the watch has timed out. */
  readonly over: boolean;
  /** Resolves at each bookmark, and when the watch is over. */
  tick(): Promise<"tick">;
  stop(): void;
}

/** @param seconds The timeout; 0 for none. */
function startWatchTimers(seconds: number, gone: AbortSignal): WatchTimers {
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
  const minutes = setInterval(tick, BOOKMARK_INTERVAL);
  const cancelTimeout = seconds > 0
    ? startTimer(seconds * 1000, end)
    : () => {};
  gone.addEventListener("abort", end);
  return {
    get over() {
      return over;
    },
    tick: () => over ? Promise.resolve("tick") : next.promise,
    stop() {
      clearInterval(minutes);
      cancelTimeout();
      gone.removeEventListener("abort", end);
    },
  };
}

/**
 * Watches objects: a line of JSON for each change after `resourceVersion`.
 * Without a version, or from 0, the current objects come first. A compacted
 * version is an `ERROR` event with 410, as upstream.
 *
 * @throws {ApiFailure} 400 for an invalid selector or version, 504 for a future
 * version.
 */
export function watchObjects(
  store: ObjectStore,
  resource: ApiResource,
  query: URLSearchParams,
  namespace: string | null,
): ChunkedResponse {
  const wanted = objectFilter(resource, query, namespace);
  const since = readVersion(query, store);
  const bookmarks = query.get("allowWatchBookmarks") === "true";
  const seconds = Number(query.get("timeoutSeconds") ?? 0);

  async function* lines(gone: AbortSignal): AsyncGenerator<string> {
    const timers = startWatchTimers(seconds, gone);
    let version = since || store.version;
    try {
      if (since === 0) {
        for (const object of store.snapshot(resource, version).values()) {
          if (wanted(object)) yield line("ADDED", object);
        }
      }
      while (!timers.over) {
        if (version < store.oldest) return yield tooOld(version, store.oldest);
        for (const change of store.changesAfter(version)) {
          version = change.version;
          const type = eventType(change, resource, wanted);
          if (type !== null) yield line(type, change.object);
        }
        if (version < store.version) continue;
        const cause = await Promise.race([store.changed(), timers.tick()]);
        if (cause !== "tick" || !bookmarks || gone.aborted) continue;
        yield bookmark(resource, version);
      }
    } finally {
      timers.stop();
    }
  }

  return { kind: "chunks", contentType: "application/json", chunks: lines };
}

/** The event of a change for a watch of the wanted objects; null for none. */
function eventType(
  { before, object, deleted, resource: changed }: Change,
  resource: ApiResource,
  wanted: ObjectFilter,
): "ADDED" | "MODIFIED" | "DELETED" | null {
  if (changed !== resource) return null;
  const was = before !== null && wanted(before);
  const is = !deleted && wanted(object);
  if (was) return is ? "MODIFIED" : "DELETED";
  return is ? "ADDED" : null;
}

/**
 * The `resourceVersion` of a request; 0 without one.
 *
 * @throws {ApiFailure} 400 for an invalid version, 504 for a future one.
 */
export function readVersion(
  query: URLSearchParams,
  store: ObjectStore,
): number {
  const version = query.get("resourceVersion");
  if (!version) return 0;
  if (!/^\d+$/.test(version)) {
    throw badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(version)}: ` +
        "strconv.ParseUint: invalid syntax",
    );
  }
  if (Number(version) <= store.version) return Number(version);
  throw tooLargeVersion(Number(version), store.version);
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
