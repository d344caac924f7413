import type { ObjectMeta } from "./kubernetes/meta_v1.ts";

/** What every Kubernetes object has (`metav1.TypeMeta`, `metav1.ObjectMeta`). */
export interface KubeObject {
  /** The API group and version, for example `apps/v1`. */
  apiVersion?: string;
  /** The kind of object, for example `Pod`. */
  kind?: string;
  /** Its name, namespace, labels and the like. */
  metadata?: ObjectMeta;
}

/** An object of any kind, its fields unknown. */
export interface AnyObject extends KubeObject {
  /** Any field of its kind. */
  [field: string]: unknown;
}

/** An object as the server answers with it: it has a name by now. */
export type Stored<T extends KubeObject> = T & {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
  };
};

/** One page of a list. */
export interface ObjectList<T extends KubeObject> {
  /** Where the page stands in the whole. */
  metadata: {
    resourceVersion?: string;
    /** Set when there is more: pass it as `continue`. */
    continue?: string;
    remainingItemCount?: number;
  };
  /** The objects of this page. */
  items: Stored<T>[];
}
