import type { KubeObject } from "../../client/kube_object.ts";
import { type Resource, withTypeMeta } from "../../client/resource.ts";
import type {
  ApplyOptions,
  JsonPatchOptions,
  MergePatchOptions,
} from "./write_options.ts";

/**
 * A partial object, for `merge`, `strategic` and `apply`: a missing field stays
 * as it is, null removes one. Strategic directives (`$patch`, `$retainKeys`) are
 * allowed in any object.
 *
 * @typeParam T The object, or the part of it.
 */
export type ObjectPatch<T> = T extends readonly (infer Item)[]
  ? ObjectPatch<Item>[]
  : T extends object // An interface, such as `PodSpec`, has no index signature for directives.
    ?
      | T
      | (
        & { readonly [Field in keyof T]?: ObjectPatch<T[Field]> | null }
        & { readonly [Directive in `$${string}`]?: unknown }
      )
  : T;

/** One operation of a JSON patch (RFC 6902); paths are JSON pointers (RFC 6901). */
export type JsonPatchOperation =
  | {
    /** Sets the value at the path; `test` compares it instead. */
    readonly op: "add" | "replace" | "test";
    /** For example `/metadata/labels/app`. */
    readonly path: string;
    /** Any JSON. */
    readonly value: unknown;
  }
  | {
    /** Removes the value at the path. */
    readonly op: "remove";
    /** For example `/spec/replicas`. */
    readonly path: string;
  }
  | {
    /** Moves or copies the value at `from`. */
    readonly op: "move" | "copy";
    /** The source path. */
    readonly from: string;
    /** The target path. */
    readonly path: string;
  };

/** An object to apply, complete with its name and type: applying may create it. */
export function applyBody(
  resource: Resource,
  name: string,
  object: KubeObject,
): KubeObject {
  const metadata = { name, ...object.metadata };
  return withTypeMeta(resource, { ...object, metadata });
}

const MEDIA_TYPES = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  // JSON is valid YAML, and older servers accept only this type.
  apply: "application/apply-patch+yaml",
};

/**
 * The media type of a patch.
 *
 * @throws {TypeError} The type does not exist, or `apply` has no field manager.
 */
export function patchContentType(
  { type = "merge", fieldManager }:
    | MergePatchOptions
    | JsonPatchOptions
    | ApplyOptions,
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
