/** What a path under `/api` or `/apis` means. */
export interface ApiPath {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** For example `pods`. */
  readonly plural: string;
  /** Null for all namespaces, and for what has none. */
  readonly namespace: string | null;
  /** Null for the collection. */
  readonly name: string | null;
  readonly subresource: string | null;
}

/** What stands below a namespace's own path and is no resource in it. */
const OF_NAMESPACES = ["status", "finalize"];

/** Reads the path of an object, a collection or a subresource; null for any other. */
export function readApiPath(pathname: string): ApiPath | null {
  const [root, ...segments] = decodeSegments(pathname);
  if (root !== "api" && root !== "apis") return null;
  const group = root === "api" ? "" : segments.shift();
  const version = segments.shift();
  if (group === undefined || version === undefined) return null;
  const [first, second, third] = segments;
  const inNamespace = first === "namespaces" && third !== undefined &&
    !OF_NAMESPACES.includes(third);
  const namespace = inNamespace ? second! : null;
  const [plural, name, subresource, more] = segments.slice(inNamespace ? 2 : 0);
  if (plural === undefined || more !== undefined) return null;
  return {
    group,
    version,
    plural,
    namespace,
    name: name ?? null,
    subresource: subresource ?? null,
  };
}

function decodeSegments(pathname: string): string[] {
  try {
    return pathname.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return [];
  }
}
