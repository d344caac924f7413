/** A path below `/api` or `/apis`. */
export interface ApiPath {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** For example `pods`. */
  readonly plural: string;
  /** Null for all namespaces, and for cluster-scoped resources. */
  readonly namespace: string | null;
  /** Null for the collection. */
  readonly name: string | null;
  readonly subresource: string | null;
}

/** The subresources of a namespace, which are no resources in it. */
const NAMESPACE_SUBRESOURCES = ["status", "finalize"];

/** Parses the path of an object, collection or subresource; null for others. */
export function parseApiPath(pathname: string): ApiPath | null {
  const [root, ...segments] = decodeSegments(pathname);
  if (root !== "api" && root !== "apis") return null;
  const group = root === "api" ? "" : segments.shift();
  const version = segments.shift();
  if (group === undefined || version === undefined) return null;
  const [first, second, third] = segments;
  const inNamespace = first === "namespaces" && third !== undefined &&
    !NAMESPACE_SUBRESOURCES.includes(third);
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
