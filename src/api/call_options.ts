/** Options of every verb. */
export interface CallOptions {
  /** Before the Api's and the client's. */
  readonly namespace?: string;
  /** Milliseconds for the whole call; undefined inherits the client's, null is none. */
  readonly timeout?: number | null;
  /** Ends the call with its reason. */
  readonly signal?: AbortSignal | null;
}

/** Options of `list`. */
export interface ListOptions extends CallOptions {
  /** For example `app=web,tier!=cache`. */
  readonly labelSelector?: string;
  /** For example `status.phase=Running`. */
  readonly fieldSelector?: string;
  /** The most objects in one answer. */
  readonly limit?: number;
  /** The `metadata.continue` of the page before. */
  readonly continue?: string;
  /** List every namespace's. */
  readonly allNamespaces?: boolean;
}

/** Options of `delete`. */
export interface DeleteOptions extends CallOptions {
  /** Seconds between TERM and KILL; the object's own unless said. */
  readonly gracePeriodSeconds?: number;
  /** What becomes of the objects that it owns; the server's choice unless said. */
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
}

/** Options of `patch`. */
export interface PatchOptions extends CallOptions {
  /** How the patch is meant; `merge` (RFC 7386) unless said, `json` is RFC 6902. */
  readonly type?: PatchType;
  /** Who applies; needed by `apply`. */
  readonly fieldManager?: string;
  /** With `apply`: take fields over from other managers. */
  readonly force?: boolean;
}

/** The kinds of patch; see `patch` in Kubernetes' API concepts. */
export type PatchType = "merge" | "strategic" | "json" | "apply";

/** Options of `waitFor`. */
export interface WaitOptions extends CallOptions {
  /** The longest pause between two looks, in milliseconds; 1000 unless said. */
  readonly interval?: number;
}
