import type { AnyObject, KubeObject } from "./kube_object.ts";

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

/** A kind of object that the API server holds, as {@linkcode defineResource} makes it. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** The API group; empty for the core group. */
  readonly group: string;
  /** The API version, for example `v1`. */
  readonly version: string;
  /** The kind of its objects, for example `Pod`. */
  readonly kind: string;
  /** The resource as URLs spell it, for example `pods`. */
  readonly plural: string;
  /** Whether its objects live in namespaces. */
  readonly namespaced: boolean;
  /** Only a type: what its objects look like. */
  readonly "~object"?: T;
}

/** What the objects of a resource look like. */
export type ObjectOf<R extends Resource> = R extends Resource<infer T> ? T
  : never;

/** What {@linkcode defineResource} needs to know. */
export interface ResourceDefinition {
  /** The API group; the core group unless said. */
  readonly group?: string;
  /** The API version, for example `v1`. */
  readonly version: string;
  /** The kind of its objects, for example `Pod`. */
  readonly kind: string;
  /** As URLs spell it, for example `pods`. */
  readonly plural: string;
  /** Whether its objects live in namespaces; true unless said. */
  readonly namespaced?: boolean;
}

/** A definition that does not say `namespaced: false`. */
export interface NamespacedDefinition extends ResourceDefinition {
  /** As it is unless said. */
  readonly namespaced?: true;
}

/**
 * Defines a resource, for `new Api(resource, ...)`: a custom resource, or one
 * of Kubernetes' own that this package does not name.
 *
 * With `exec`, `attach` or `logs` set to true its objects have those
 * subresources; with `namespaced: false` they are the whole cluster's.
 *
 * ```ts
 * import { defineResource, type KubeObject } from "@podwire/podwire";
 *
 * interface Widget extends KubeObject {
 *   spec: { size: number };
 * }
 * const Widget = defineResource<Widget>({
 *   group: "example.com",
 *   version: "v1",
 *   kind: "Widget",
 *   plural: "widgets",
 * });
 * ```
 *
 * @typeParam T What its objects look like; without it, their fields are unknown.
 */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition & HasExec & HasAttach & HasLogs,
): Resource<T> & Namespaced & HasExec & HasAttach & HasLogs;
/** A resource whose objects have `exec` and `attach`. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition & HasExec & HasAttach,
): Resource<T> & Namespaced & HasExec & HasAttach;
/** A resource whose objects have `exec` and `logs`. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition & HasExec & HasLogs,
): Resource<T> & Namespaced & HasExec & HasLogs;
/** A resource whose objects have `attach` and `logs`. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition & HasAttach & HasLogs,
): Resource<T> & Namespaced & HasAttach & HasLogs;
/** A resource whose objects have `exec` alone. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition & HasExec,
): Resource<T> & Namespaced & HasExec;
/** A resource whose objects have `attach` alone. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition & HasAttach,
): Resource<T> & Namespaced & HasAttach;
/** A resource whose objects have `logs` alone. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition & HasLogs,
): Resource<T> & Namespaced & HasLogs;
/** A resource whose objects are the whole cluster's. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition & ClusterScoped,
): Resource<T> & ClusterScoped;
/** A resource whose objects live in namespaces, without subresources. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: NamespacedDefinition,
): Resource<T> & Namespaced;
/** A resource of which only the run time knows whether it has namespaces. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition,
): Resource<T>;
export function defineResource(definition: ResourceDefinition): Resource {
  return Object.freeze({ group: "", namespaced: true, ...definition });
}

/** The `apiVersion` of a resource's objects, for example `apps/v1`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The object with `apiVersion` and `kind`, unless it has its own. */
export function withType<T>(resource: Resource, object: T): T {
  if (typeof object !== "object" || object === null) return object;
  const { kind } = resource;
  return { apiVersion: apiVersionOf(resource), kind, ...object };
}
