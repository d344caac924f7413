import type { OptionNames } from "../../options.ts";
import {
  CALL_OPTIONS,
  type CallOptions,
  type PartOfObject,
} from "./call_options.ts";

/** Options of the verbs that write: `create`, `replace` and `patch`. */
export interface WriteOptions extends CallOptions {
  /** Validate and admit the object, but do not store it. */
  readonly dryRun?: boolean;
  /** The owner of the change in `metadata.managedFields`. */
  readonly fieldManager?: string;
  /** How the server treats unknown fields; it defaults to `Warn`. */
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
}

/** Options of `replace`. */
export interface ReplaceOptions extends WriteOptions {
  /** Write only this part of the object, as controllers do with its status. */
  readonly subresource?: PartOfObject;
}

/** Options of `create` for a subresource. */
export interface CreateSubresourceOptions extends WriteOptions {
  /** As in URLs, for example `token` of a service account. */
  readonly subresource: string;
  /** The name of the object; defaults to `metadata.name` of what is created. */
  readonly name?: string;
}

/** Options of `patch` with a partial object. */
export interface MergePatchOptions extends ReplaceOptions {
  /**
   * `merge` (RFC 7386, the default) replaces whole lists. `strategic` merges
   * lists by the keys of their items; custom resources do not support it.
   */
  readonly type?: "merge" | "strategic";
}

/** Options of `patch` with a list of operations. */
export interface JsonPatchOptions extends ReplaceOptions {
  /** RFC 6902. */
  readonly type: "json";
}

/** Options of `patch` as server-side apply, which tracks the owner of each field. */
export interface ApplyOptions extends ReplaceOptions {
  /** Server-side apply; it creates the object if it does not exist. */
  readonly type: "apply";
  /** The owner of the applied fields. */
  readonly fieldManager: string;
  /** Take over fields of other managers, which is otherwise a conflict (409). */
  readonly force?: boolean;
}

/** Options of `delete`. */
export interface DeleteOptions extends CallOptions {
  /** Seconds between TERM and KILL; defaults to the object's own. */
  readonly gracePeriodSeconds?: number;
  /** What happens to dependent objects; the default depends on the resource. */
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  /** Delete only if these still match; otherwise it is a conflict (409). */
  readonly preconditions?: {
    /** The object's UID: not another object of the same name. */
    readonly uid?: string;
    /** The object's version: it has not changed since. */
    readonly resourceVersion?: string;
  };
  /** Run every check, but do not delete. */
  readonly dryRun?: boolean;
}

/**
 * Options of `deleteCollection`: a selector, or `all: true`, so that a forgotten
 * selector does not delete everything.
 */
export type DeleteCollectionOptions =
  & Omit<DeleteOptions, "preconditions">
  & (
    | {
      /** For example `app=web,tier!=cache`. */
      readonly labelSelector: string;
      /** For example `status.phase=Failed`. */
      readonly fieldSelector?: string;
    }
    | {
      /** For example `app=web,tier!=cache`. */
      readonly labelSelector?: string;
      /** For example `status.phase=Failed`. */
      readonly fieldSelector: string;
    }
    | {
      /** Every object of the namespace. */
      readonly all: true;
      /** For example `app=web,tier!=cache`. */
      readonly labelSelector?: string;
      /** For example `status.phase=Failed`. */
      readonly fieldSelector?: string;
    }
  );

/** The names of the options of each kind of write, for `checkOptions`. */
const WRITE_OPTIONS: OptionNames<WriteOptions> = {
  ...CALL_OPTIONS,
  dryRun: true,
  fieldManager: true,
  fieldValidation: true,
};

export const CREATE_OPTIONS: OptionNames<CreateSubresourceOptions> = {
  ...WRITE_OPTIONS,
  subresource: true,
  name: true,
};

export const REPLACE_OPTIONS: OptionNames<ReplaceOptions> = {
  ...WRITE_OPTIONS,
  subresource: true,
};

export const PATCH_OPTIONS: OptionNames<MergePatchOptions> = {
  ...REPLACE_OPTIONS,
  type: true,
};

export const APPLY_OPTIONS: OptionNames<ApplyOptions> = {
  ...PATCH_OPTIONS,
  force: true,
};

export const DELETE_OPTIONS: OptionNames<DeleteOptions> = {
  ...CALL_OPTIONS,
  gracePeriodSeconds: true,
  propagationPolicy: true,
  preconditions: true,
  dryRun: true,
};

export const DELETE_COLLECTION_OPTIONS: OptionNames<
  Omit<DeleteOptions, "preconditions"> & {
    labelSelector?: string;
    fieldSelector?: string;
    all?: true;
  }
> = {
  ...CALL_OPTIONS,
  gracePeriodSeconds: true,
  propagationPolicy: true,
  dryRun: true,
  labelSelector: true,
  fieldSelector: true,
  all: true,
};
