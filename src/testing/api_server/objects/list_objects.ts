import { badRequest, expired } from "../api_failure.ts";
import type { ObjectStore } from "./object_store.ts";
import { objectFilter } from "./selectors.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";
import { readVersion } from "./watch_objects.ts";

/** Where the next page begins: after this key, in the snapshot of a version. */
interface Continuation {
  readonly version: number;
  readonly after: string;
}

/**
 * Lists objects: all, or with `limit` a page and a token for the next page of
 * the same snapshot.
 *
 * @throws {ApiFailure} 400 for an invalid token; 504 for a future version; 410
 * with another token, once the snapshot is compacted.
 */
export function listObjects(
  store: ObjectStore,
  resource: ApiResource,
  query: URLSearchParams,
  namespace: string | null,
): unknown {
  const wanted = objectFilter(resource, query, namespace);
  readVersion(query, store);
  const start = continuationOf(query.get("continue"), store);
  const all = [...store.snapshot(resource, start.version)].filter((
    [key, object],
  ) => key > start.after && wanted(object));
  const limit = Number(query.get("limit") ?? 0) || all.length;
  const page = all.slice(0, limit);
  const left = all.length - page.length;
  const more = left === 0 ? {} : {
    continue: encode({ version: start.version, after: page.at(-1)![0] }),
    // The API server counts only without a selector.
    ...(query.get("labelSelector") || query.get("fieldSelector")
      ? {}
      : { remainingItemCount: left }),
  };
  return {
    kind: `${resource.kind}List`,
    apiVersion: groupVersionOf(resource),
    metadata: { resourceVersion: String(start.version), ...more },
    items: page.map(([, { apiVersion: _, kind: __, ...item }]) => item),
  };
}

function continuationOf(
  token: string | null,
  store: ObjectStore,
): Continuation {
  if (!token) return { version: store.version, after: "" };
  const start = decode(token);
  if (start === null) throw badRequest("continue key is not valid");
  // The token of a 410 continues with the current objects.
  if (start.version < 0) return { ...start, version: store.version };
  if (start.version >= store.oldest) return start;
  throw expired(
    "The provided continue parameter is too old to display a consistent list " +
      "result. You can start a new list without the continue parameter, or " +
      "use the continue token in this response to retrieve the remainder of " +
      "the results. Continuing with the provided token results in an " +
      "inconsistent list - objects that were created, modified, or deleted " +
      "between the time the first chunk was returned and now may show up in " +
      "the list.",
    encode({ ...start, version: -1 }),
  );
}

function encode({ version, after }: Continuation): string {
  const text = JSON.stringify({ rv: version, start: after });
  return btoa(text).replaceAll("=", "");
}

function decode(token: string): Continuation | null {
  try {
    const { rv, start } = JSON.parse(atob(token));
    const valid = Number.isInteger(rv) && typeof start === "string";
    return valid ? { version: rv, after: start } : null;
  } catch {
    return null;
  }
}
