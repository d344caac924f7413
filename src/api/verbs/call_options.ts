import type { ClusterScoped } from "../../client/resource.ts";
import type { OptionNames } from "../../options.ts";

/** Options of every verb. */
export interface CallOptions {
  /** The namespace; defaults to the Api's, then to the client's. */
  readonly namespace?: string;
  /** Milliseconds for the whole call; defaults to the client's; null: no limit. */
  readonly timeout?: number | null;
  /** Aborts the call with its reason. */
  readonly signal?: AbortSignal | null;
}

/**
 * The subresources that are parts of the object itself: written alone, and got
 * with all of it.
 */
export type PartOfObject =
  | "status"
  | "ephemeralcontainers"
  | "resize"
  | "approval"
  | "finalize";

/** Options of `get`. */
export interface GetOptions extends CallOptions {
  /** Get a part of the object through its own path and permission. */
  readonly subresource?: PartOfObject;
}

/** `Options` of a verb for the Scale of an object. */
export type OfScale<Options> = Options extends unknown
  ? Omit<Options, "subresource"> & {
    /** The subresource `scale`. */
    readonly subresource: "scale";
  }
  : never;

/**
 * Makes naming a namespace a type error where the resource has none.
 *
 * @internal
 */
export type ScopeOf<R> = R extends ClusterScoped
  ? { readonly namespace?: undefined; readonly allNamespaces?: undefined }
  : unknown;

/** Options of the verbs on a collection; they select its objects. */
export interface CollectionOptions extends CallOptions {
  /** For example `app=web,tier!=cache`; all objects by default. */
  readonly labelSelector?: string;
  /** For example `status.phase=Running`; each kind supports only a few fields. */
  readonly fieldSelector?: string;
  /** Select the objects of every namespace. */
  readonly allNamespaces?: boolean;
}

/** Options of `list`. */
export interface ListOptions extends CollectionOptions {
  /** The maximum number of objects in the response; unlimited by default. */
  readonly limit?: number;
  /** `metadata.continue` of the previous page. */
  readonly continue?: string;
}

/** Options of `listAll`. */
export interface ListAllOptions extends CollectionOptions {
  /** The number of objects in each request; defaults to 500. */
  readonly limit?: number;
}

/** Options of `watch`. */
export interface WatchOptions extends CollectionOptions {
  /**
   * Report only changes after this version, of a list or of an object. By
   * default, the existing objects come first.
   */
  readonly resourceVersion?: string;
  /**
   * Milliseconds from each request to the head of its response; the watch itself
   * has no limit. Defaults to the client's; null: no limit.
   */
  readonly timeout?: number | null;
  /**
   * Called with each failure that the watch survives, before it retries. An
   * exception from it ends the watch.
   */
  readonly onRetry?: (error: Error) => void;
}

/** Options of `waitFor`. */
export interface WaitOptions extends CallOptions {
  /**
   * The maximum polling interval in milliseconds, used only if watching is not
   * allowed; defaults to 1000.
   */
  readonly interval?: number;
  /**
   * Called with each failure that the wait survives, before it retries. An
   * exception from it ends the wait.
   */
  readonly onRetry?: (error: Error) => void;
}

/** Options of `waitForDeletion`. */
export interface DeletionWaitOptions extends WaitOptions {
  /**
   * The object to wait for; one of another uid counts as gone. Defaults to the
   * first that is seen.
   */
  readonly uid?: string;
}

/** The names of the options of each kind of call, for `checkOptions`. */
export const CALL_OPTIONS: OptionNames<CallOptions> = {
  namespace: true,
  timeout: true,
  signal: true,
};

export const GET_OPTIONS: OptionNames<GetOptions> = {
  ...CALL_OPTIONS,
  subresource: true,
};

const COLLECTION_OPTIONS: OptionNames<CollectionOptions> = {
  ...CALL_OPTIONS,
  labelSelector: true,
  fieldSelector: true,
  allNamespaces: true,
};

export const LIST_OPTIONS: OptionNames<ListOptions> = {
  ...COLLECTION_OPTIONS,
  limit: true,
  continue: true,
};

export const LIST_ALL_OPTIONS: OptionNames<ListAllOptions> = {
  ...COLLECTION_OPTIONS,
  limit: true,
};

export const WATCH_OPTIONS: OptionNames<WatchOptions> = {
  ...COLLECTION_OPTIONS,
  resourceVersion: true,
  onRetry: true,
};

export const WAIT_OPTIONS: OptionNames<WaitOptions> = {
  ...CALL_OPTIONS,
  interval: true,
  onRetry: true,
};

export const DELETION_WAIT_OPTIONS: OptionNames<DeletionWaitOptions> = {
  ...WAIT_OPTIONS,
  uid: true,
};
