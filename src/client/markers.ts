/** The marker of a resource whose objects live in namespaces. */
export interface Namespaced {
  /** The marker. */
  readonly namespaced: true;
}

/** The marker of a resource whose objects are the whole cluster's. */
export interface ClusterScoped {
  /** The marker. */
  readonly namespaced: false;
}

/** The marker of a resource in whose objects commands can be run. */
export interface HasExec {
  /** The marker. */
  readonly exec: true;
}

/** The marker of a resource whose objects have a process to attach to. */
export interface HasAttach {
  /** The marker. */
  readonly attach: true;
}

/** The marker of a resource whose objects write logs. */
export interface HasLogs {
  /** The marker. */
  readonly logs: true;
}

/**
 * The type of `exec`, `attach` and `logs` on a resource without the marker: it
 * has no member to call, so that a use does not compile. At run time, reading
 * it throws `SubresourceNotAvailableError`.
 */
export interface SubresourceNotAvailable<Subresource extends string = string> {
  /** Only a type: what is missing. */
  readonly "~missing": Subresource;
}

/** A marker of {@linkcode HasExec} and its siblings. */
export type SubresourceMarker = "exec" | "attach" | "logs";

/** Whether the resource carries the marker. */
export function hasSubresource(
  resource: object,
  marker: SubresourceMarker,
): boolean {
  return Reflect.get(resource, marker) === true;
}
