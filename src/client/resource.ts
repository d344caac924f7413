import type { KubeObject } from "./kube_object.ts";

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

/**
 * The type of `exec` and `attach` on a resource without the marker: it has no
 * member to call, so that a use does not compile. At run time, reading it
 * throws `SubresourceNotAvailableError`.
 */
export interface SubresourceNotAvailable<Subresource extends string = string> {
  /** Only a type: what is missing. */
  readonly "~missing": Subresource;
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
  /** True unless said. */
  readonly namespaced?: boolean;
}

/**
 * Defines a resource, for `new Api(resource, ...)`. With `exec: true` or
 * `attach: true` its objects have those subresources.
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
 * @typeParam T What its objects look like.
 */
export function defineResource<T extends KubeObject = KubeObject>(
  definition: ResourceDefinition & HasExec & HasAttach,
): Resource<T> & HasExec & HasAttach;
/** A resource whose objects have `exec` alone. */
export function defineResource<T extends KubeObject = KubeObject>(
  definition: ResourceDefinition & HasExec,
): Resource<T> & HasExec;
/** A resource whose objects have `attach` alone. */
export function defineResource<T extends KubeObject = KubeObject>(
  definition: ResourceDefinition & HasAttach,
): Resource<T> & HasAttach;
/** A resource whose objects have neither. */
export function defineResource<T extends KubeObject = KubeObject>(
  definition: ResourceDefinition,
): Resource<T>;
export function defineResource(definition: ResourceDefinition): Resource {
  return Object.freeze({ group: "", namespaced: true, ...definition });
}

/** Whether the resource carries the marker. */
export function hasSubresource(
  resource: Resource,
  subresource: "exec" | "attach",
): boolean {
  return Reflect.get(resource, subresource) === true;
}
