import type { ObjectMeta } from "./kubernetes/meta_v1.ts";

/** The fields of every Kubernetes object (`metav1.TypeMeta`, `metav1.ObjectMeta`). */
export interface KubeObject {
  /** The API group and version, for example `apps/v1`. */
  apiVersion?: string;
  /** The kind of object, for example `Pod`. */
  kind?: string;
  /** The name, namespace, labels and so on. */
  metadata?: ObjectMeta;
}

/** An object of any kind, with unknown fields. */
export interface AnyObject extends KubeObject {
  /** Any other field. */
  [field: string]: unknown;
}

/** An object as stored by the server: its name and version are known. */
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
  /** The position of the page in the list. */
  metadata: {
    resourceVersion?: string;
    /** Set if there are more pages: pass it as `continue`. */
    continue?: string;
    remainingItemCount?: number;
  };
  /** The objects of this page. */
  items: Stored<T>[];
}
