import type {
  CallOptions,
  CollectionOptions,
  Selection,
} from "./call_options.ts";

/** Options of the verbs that write: `create`, `replace` and `patch`. */
export interface WriteOptions extends CallOptions {
  /** Go through everything but keeping the result. */
  readonly dryRun?: boolean;
  /** Whose change it is, in `metadata.managedFields`. */
  readonly fieldManager?: string;
  /** What becomes of fields that the server does not know; `Warn` unless said. */
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
}

/** Options of `replace`. */
export interface ReplaceOptions extends WriteOptions {
  /** Write the object's status alone, as controllers do. */
  readonly subresource?: "status";
}

/** Options of `patch` with a patch that is a part of an object. */
export interface MergePatchOptions extends ReplaceOptions {
  /**
   * `merge` (RFC 7386, the default) replaces lists whole. `strategic` merges
   * lists by their items' keys; custom resources do not have it.
   */
  readonly type?: "merge" | "strategic";
}

/** Options of `patch` with a list of operations. */
export interface JsonPatchOptions extends ReplaceOptions {
  /** RFC 6902. */
  readonly type: "json";
}

/** Options of `patch` that applies: the server knows which fields are whose. */
export interface ApplyOptions extends ReplaceOptions {
  /** Server-side apply; it creates the object if there is none. */
  readonly type: "apply";
  /** Who applies. */
  readonly fieldManager: string;
  /** Take fields over from other managers, which is a conflict (409) otherwise. */
  readonly force?: boolean;
}

/** Options of `patch`. */
export type PatchOptions = MergePatchOptions | JsonPatchOptions | ApplyOptions;

/** The kinds of patch; see `patch` in Kubernetes' API concepts. */
export type PatchType = "merge" | "strategic" | "json" | "apply";

/** Options of `delete`. */
export interface DeleteOptions extends CallOptions {
  /** Seconds between TERM and KILL; the object's own unless said. */
  readonly gracePeriodSeconds?: number;
  /** What becomes of the objects that it owns; the server's choice unless said. */
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  /** What must be so still; a conflict (409) otherwise. */
  readonly preconditions?: Preconditions;
  /** Go through everything but the deletion. */
  readonly dryRun?: boolean;
}

/** What must be so still of an object that is to be deleted. */
export interface Preconditions {
  /** It is this object, not another of the same name. */
  readonly uid?: string;
  /** It has not changed since. */
  readonly resourceVersion?: string;
}

/**
 * Options of `deleteCollection`: a selector, or `all: true`, so that a missing
 * one does not delete everything.
 */
export type DeleteCollectionOptions =
  & Omit<CollectionOptions, "allNamespaces">
  & Omit<DeleteOptions, "preconditions">
  & (
    | Required<Pick<Selection, "labelSelector">>
    | Required<Pick<Selection, "fieldSelector">>
    | {
      /** Every object of the namespace. */
      readonly all: true;
    }
  );
