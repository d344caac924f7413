import type { KubeObject, Stored } from "../../client/kube_object.ts";

/** What happened to an object. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  /** It came, it changed, it went: out of the cluster or out of the selection. */
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The object after it; of one that is gone, its last state. */
  readonly object: Stored<T>;
}
