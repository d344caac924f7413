import type { AnyObject, KubeObject } from "./kube_object.ts";

/** The marker of a resource whose objects live in namespaces. */
export interface Namespaced {
  /** The marker. */
  readonly namespaced: true;
}

/** The marker of a resource whose objects have no namespace. */
export interface ClusterScoped {
  /** The marker. */
  readonly namespaced: false;
}

/** The marker of a resource with the subresource `exec`. */
export interface HasExec {
  /** The marker. */
  readonly exec: true;
}

/** The marker of a resource with the subresource `attach`. */
export interface HasAttach {
  /** The marker. */
  readonly attach: true;
}

/** The marker of a resource with the subresource `log`. */
export interface HasLogs {
  /** The marker. */
  readonly logs: true;
}

/** The marker of a resource with the subresource `portforward`; only Pod has it. */
export interface HasPortForward {
  /** The marker. */
  readonly portForward: true;
}

/** The marker of a resource with the subresource `eviction`; only Pod has it. */
export interface HasEviction {
  /** The marker. */
  readonly eviction: true;
}

/** The marker of a resource with the subresource `scale`. */
export interface HasScale {
  /** The marker. */
  readonly scale: true;
}

/**
 * The type of `exec`, `attach`, `logs`, `portForward`, `evict`, `scale`, `debug`,
 * `runOnce` and `streamOnce` on a resource without the marker. It has no members
 * to call, so a use does not compile; at run time, reading the property throws
 * `SubresourceNotAvailableError`.
 */
export interface SubresourceNotAvailable<Subresource extends string = string> {
  /** Only a type: the missing subresource. */
  readonly "~missing": Subresource;
}

/** The name of a marker. */
export type SubresourceMarker =
  | "exec"
  | "attach"
  | "logs"
  | "portForward"
  | "eviction"
  | "scale";

/** Whether the resource carries the marker. */
export function hasSubresource(
  resource: object,
  marker: SubresourceMarker,
): boolean {
  return Reflect.get(resource, marker) === true;
}

/** A kind of object of the API server, from {@linkcode defineResource}. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** The API group; empty for the core group. */
  readonly group: string;
  /** The API version, for example `v1`. */
  readonly version: string;
  /** The kind of its objects, for example `Pod`. */
  readonly kind: string;
  /** The resource name in URLs, for example `pods`. */
  readonly plural: string;
  /** Whether its objects live in namespaces. */
  readonly namespaced: boolean;
  /** Only a type: the type of its objects. */
  readonly "~object"?: T;
}

/** The type of a resource's objects. */
export type ObjectOf<R extends Resource> = R extends Resource<infer T> ? T
  : never;

/** The definition of a resource, for {@linkcode defineResource}. */
export interface ResourceDefinition {
  /** The API group; defaults to the core group. */
  readonly group?: string;
  /** The API version, for example `v1`. */
  readonly version: string;
  /** The kind of its objects, for example `Pod`. */
  readonly kind: string;
  /** The resource name in URLs, for example `pods`. */
  readonly plural: string;
  /** Whether its objects live in namespaces; defaults to true. */
  readonly namespaced?: boolean;
}

/**
 * Defines a resource, for `new Api(resource, ...)`: a custom resource, or a
 * built-in one that this package does not export.
 *
 * `exec`, `attach`, `logs` and `scale` declare subresources; `namespaced: false`
 * declares objects without a namespace.
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
 * @typeParam T The type of its objects; by default, their fields are unknown.
 */
export function defineResource<T extends KubeObject = AnyObject>(
  definition:
    & ResourceDefinition
    & { readonly namespaced?: true }
    & HasExec
    & HasAttach
    & HasLogs,
): Resource<T> & Namespaced & HasExec & HasAttach & HasLogs;
/** A resource whose objects have `exec` and `attach`. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition:
    & ResourceDefinition
    & { readonly namespaced?: true }
    & HasExec
    & HasAttach,
): Resource<T> & Namespaced & HasExec & HasAttach;
/** A resource whose objects have `exec` and `logs`. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition:
    & ResourceDefinition
    & { readonly namespaced?: true }
    & HasExec
    & HasLogs,
): Resource<T> & Namespaced & HasExec & HasLogs;
/** A resource whose objects have `attach` and `logs`. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition:
    & ResourceDefinition
    & { readonly namespaced?: true }
    & HasAttach
    & HasLogs,
): Resource<T> & Namespaced & HasAttach & HasLogs;
/** A resource whose objects have `exec` alone. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition & { readonly namespaced?: true } & HasExec,
): Resource<T> & Namespaced & HasExec;
/** A resource whose objects have `attach` alone. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition & { readonly namespaced?: true } & HasAttach,
): Resource<T> & Namespaced & HasAttach;
/** A resource whose objects have `logs` alone. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition & { readonly namespaced?: true } & HasLogs,
): Resource<T> & Namespaced & HasLogs;
/** A resource whose objects have `scale` alone. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition & { readonly namespaced?: true } & HasScale,
): Resource<T> & Namespaced & HasScale;
/** A resource whose objects have no namespace. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition & ClusterScoped,
): Resource<T> & ClusterScoped;
/** A resource whose objects live in namespaces, without subresources. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition & { readonly namespaced?: true },
): Resource<T> & Namespaced;
/** A resource whose scope is only known at run time. */
export function defineResource<T extends KubeObject = AnyObject>(
  definition: ResourceDefinition,
): Resource<T>;
export function defineResource(definition: ResourceDefinition): Resource {
  return Object.freeze({ group: "", namespaced: true, ...definition });
}

/** The `apiVersion` of a resource's objects, for example `apps/v1`. */
function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Adds `apiVersion` and `kind` to an object that lacks them. */
export function withTypeMeta<T>(resource: Resource, object: T): T {
  if (typeof object !== "object" || object === null) return object;
  const { kind } = resource;
  return { apiVersion: apiVersionOf(resource), kind, ...object };
}
