/** What every Kubernetes object has (`metav1.TypeMeta`, `metav1.ObjectMeta`). */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: ObjectMeta;
}

/** The metadata of an object; of the rest of the API, see Kubernetes' own reference. */
export interface ObjectMeta {
  name?: string;
  /** A prefix: the server makes the name. */
  generateName?: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  /** RFC 3339. */
  creationTimestamp?: string;
  /** RFC 3339; set once the object is being deleted. */
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
}

/** Whom an object belongs to. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
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
  metadata: {
    resourceVersion?: string;
    /** Set when there is more: pass it as `continue`. */
    continue?: string;
    remainingItemCount?: number;
  };
  items: Stored<T>[];
}

/** Which objects a workload's or a service's selector means. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: {
    key: string;
    operator: string;
    values?: string[];
  }[];
}

/** One condition of an object's status. */
export interface Condition {
  type: string;
  /** `"True"`, `"False"` or `"Unknown"`. */
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}
