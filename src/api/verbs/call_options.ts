import type { ClusterScoped } from "../../client/resource.ts";

/** Options of every verb. */
export interface CallOptions {
  /** Before the Api's and the client's. */
  readonly namespace?: string;
  /** Milliseconds for the whole call; undefined inherits the client's, null is none. */
  readonly timeout?: number | null;
  /** Ends the call with its reason. */
  readonly signal?: AbortSignal | null;
}

/**
 * What a resource's scope makes of the options: where its objects have no
 * namespace, naming one does not compile.
 */
export type ScopeOf<R> = R extends ClusterScoped ? NoNamespace : unknown;

/** The scope of a resource whose objects are the whole cluster's. */
export interface NoNamespace {
  /** Not to be given. */
  readonly namespace?: undefined;
  /** Not to be given. */
  readonly allNamespaces?: undefined;
}

/** Which objects of a collection are meant; all of them unless said. */
export interface Selection {
  /** For example `app=web,tier!=cache`. */
  readonly labelSelector?: string;
  /** For example `status.phase=Running`; each kind has its own few fields. */
  readonly fieldSelector?: string;
}

/** Options of the verbs that look at a whole collection. */
export interface CollectionOptions extends CallOptions, Selection {
  /** Look at every namespace's objects. */
  readonly allNamespaces?: boolean;
}

/** Options of `list`. */
export interface ListOptions extends CollectionOptions {
  /** The most objects in one answer; without it, all in one. */
  readonly limit?: number;
  /** The `metadata.continue` of the page before. */
  readonly continue?: string;
}

/** Options of `listAll`. */
export interface ListAllOptions extends CollectionOptions {
  /** How many objects to ask for at a time; 500 unless said. */
  readonly limit?: number;
}

/** Options of `watch`. */
export interface WatchOptions extends CollectionOptions {
  /**
   * Tell only what happens after this version, of a list or of an object.
   * Without it, the objects that there are come first.
   */
  readonly resourceVersion?: string;
  /**
   * Milliseconds from each request to the beginning of its answer, not for the
   * watch, which has no end; undefined inherits the client's, null is none.
   */
  readonly timeout?: number | null;
  /**
   * Told of each failure that the watch survives, before it tries again. What
   * it throws ends the watch.
   */
  readonly onRetry?: (error: Error) => void;
}

/** Options of `waitFor`. */
export interface WaitOptions extends CallOptions {
  /**
   * Where the right to watch is missing: the longest pause between two looks,
   * in milliseconds; 1000 unless said.
   */
  readonly interval?: number;
}
