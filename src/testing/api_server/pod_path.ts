/** What a path under `/api/v1` means. */
export interface PodPath {
  /** Null for all namespaces. */
  readonly namespace: string | null;
  /** Null for the collection. */
  readonly name: string | null;
  readonly subresource: string | null;
}

/** Reads the path of a pod or of pods; null for any other. */
export function readPodPath(pathname: string): PodPath | null {
  const [api, version, ...rest] = decodeSegments(pathname);
  if (api !== "api" || version !== "v1") return null;
  if (rest[0] === "pods" && rest.length === 1) {
    return { namespace: null, name: null, subresource: null };
  }
  const [namespaces, namespace, pods, name, subresource] = rest;
  if (namespaces !== "namespaces" || pods !== "pods" || rest.length > 5) {
    return null;
  }
  return {
    namespace: namespace!,
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
