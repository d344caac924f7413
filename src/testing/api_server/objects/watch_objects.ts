import type { ChunksAnswer } from "../exchange.ts";
import { badRequest, expired } from "../status_failures.ts";
import type { Change, ObjectStore } from "./object_store.ts";
import { selection } from "./selection.ts";
import type { Selector } from "./selectors.ts";
import { groupVersionOf, type ServedResource } from "./served_resource.ts";
import { watchClock } from "./watch_clock.ts";

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
  resource: ServedResource,
  query: URLSearchParams,
  namespace: string | null,
): ChunksAnswer {
  const wanted = selection(resource, query, namespace);
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
  resource: ServedResource,
  wanted: Selector,
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

function bookmark(resource: ServedResource, version: number): string {
  const metadata = { resourceVersion: String(version) };
  const apiVersion = groupVersionOf(resource);
  return line("BOOKMARK", { kind: resource.kind, apiVersion, metadata });
}

function line(type: string, object: unknown): string {
  return JSON.stringify({ type, object }) + "\n";
}
