import { badRequest, expired } from "../api_failure.ts";
import type { ObjectStore } from "./object_store.ts";
import { requestedObjects } from "./selectors.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";

/** Where the next page begins: after this key, as things were at this version. */
interface Continuation {
  readonly version: number;
  readonly after: string;
}

/**
 * A list of objects: all, or with `limit`, a page of them and a token for the
 * next, which is of the same moment.
 *
 * @throws {ApiFailure} 400 for a token that is none; 410 with another token,
 * once that moment is forgotten.
 */
export function listObjects(
  store: ObjectStore,
  resource: ApiResource,
  query: URLSearchParams,
  namespace: string | null,
): unknown {
  const wanted = requestedObjects(resource, query, namespace);
  const start = continuationOf(query.get("continue"), store);
  const all = [...store.snapshot(resource, start.version)].filter((
    [key, object],
  ) => key > start.after && wanted(object));
  const limit = Number(query.get("limit") ?? 0) || all.length;
  const page = all.slice(0, limit);
  const left = all.length - page.length;
  const more = left === 0 ? {} : {
    continue: encode({ version: start.version, after: page.at(-1)![0] }),
    // Servers count only where nothing is left out.
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
  // A token of the other kind: whatever there is by then.
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
