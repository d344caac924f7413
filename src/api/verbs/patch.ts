import type { KubeObject } from "../../client/kube_object.ts";
import { type Resource, withType } from "../../client/resource.ts";
import type { PatchOptions, PatchType } from "./write_options.ts";

/**
 * Parts of an object, for `merge`, `strategic` and `apply`: what is left out
 * stays, null removes. Strategic directives (`$patch`, `$retainKeys`) may stand
 * in any object.
 *
 * @typeParam T The object, or the part of it.
 */
export type ObjectPatch<T> = T extends readonly (infer Item)[]
  ? ObjectPatch<Item>[]
  : T extends object ?
      & { readonly [Field in keyof T]?: ObjectPatch<T[Field]> | null }
      & { readonly [Directive in `$${string}`]?: unknown }
  : T;

/** One operation of a JSON patch (RFC 6902); paths are JSON pointers (RFC 6901). */
export type JsonPatchOperation =
  | {
    /** Sets what the path leads to, or for `test`, must find it so. */
    readonly op: "add" | "replace" | "test";
    /** For example `/metadata/labels/app`. */
    readonly path: string;
    /** Any JSON. */
    readonly value: unknown;
  }
  | {
    /** Removes what the path leads to. */
    readonly op: "remove";
    /** For example `/spec/replicas`. */
    readonly path: string;
  }
  | {
    /** Takes what `from` leads to. */
    readonly op: "move" | "copy";
    /** Where it comes from. */
    readonly from: string;
    /** Where it goes to. */
    readonly path: string;
  };

/** An object to apply: as it may be created by this, it has all that names it. */
export function applied(
  resource: Resource,
  name: string,
  object: KubeObject,
): KubeObject {
  const metadata = { name, ...object.metadata };
  return withType(resource, { ...object, metadata });
}

const MEDIA_TYPES: Readonly<Record<PatchType, string>> = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  // JSON is YAML, and older servers know this type alone.
  apply: "application/apply-patch+yaml",
};

/**
 * The media type of a patch.
 *
 * @throws {TypeError} There is no such type, or nobody who applies.
 */
export function mediaTypeOf(
  { type = "merge", fieldManager }: PatchOptions,
): string {
  const mediaType = MEDIA_TYPES[type];
  if (!mediaType) {
    throw new TypeError(`Cannot patch: there is no patch type "${type}"`);
  }
  if (type === "apply" && !fieldManager) {
    throw new TypeError("Cannot apply: no fieldManager is given");
  }
  return mediaType;
}
