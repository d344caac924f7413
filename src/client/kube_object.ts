/** What every Kubernetes object has (`metav1.TypeMeta`, `metav1.ObjectMeta`). */
export interface KubeObject {
  /** The API group and version, for example `apps/v1`. */
  apiVersion?: string;
  /** The kind of object, for example `Pod`. */
  kind?: string;
  /** Its name, namespace, labels and the like. */
  metadata?: ObjectMeta;
}

/** The metadata of an object; of the rest of the API, see Kubernetes' own reference. */
export interface ObjectMeta {
  /** Unique among the objects of its kind in its namespace. */
  name?: string;
  /** A prefix: the server makes the name. */
  generateName?: string;
  /** Where it lives; none for cluster-scoped kinds. */
  namespace?: string;
  /** For selectors. */
  labels?: Record<string, string>;
  /** For whoever reads them; the server does not. */
  annotations?: Record<string, string>;
  /** Who must agree before it is gone. */
  finalizers?: string[];
  /** Whom it belongs to; it goes when they go. */
  ownerReferences?: OwnerReference[];
  /** Unique over the whole cluster and all time. */
  uid?: string;
  /** Changes with every write; opaque. */
  resourceVersion?: string;
  /** Counts the changes of what is wanted. */
  generation?: number;
  /** RFC 3339. */
  creationTimestamp?: string;
  /** RFC 3339; set once the object is being deleted. */
  deletionTimestamp?: string;
  /** Seconds from the deletion to the end. */
  deletionGracePeriodSeconds?: number;
}

/** Whom an object belongs to. */
export interface OwnerReference {
  /** The owner's API group and version. */
  apiVersion: string;
  /** The owner's kind. */
  kind: string;
  /** The owner's name. */
  name: string;
  /** The owner's uid. */
  uid: string;
  /** Whether the owner manages it. */
  controller?: boolean;
  /** Whether the owner must outlive it when deleted in the foreground. */
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

/** Which objects a workload's or a service's selector means. */
export interface LabelSelector {
  /** Labels that must all be there. */
  matchLabels?: Record<string, string>;
  /** Conditions on labels that must all hold. */
  matchExpressions?: {
    key: string;
    operator: string;
    values?: string[];
  }[];
}

/** One condition of an object's status. */
export interface Condition {
  /** What it is about, for example `Ready`. */
  type: string;
  /** `"True"`, `"False"` or `"Unknown"`. */
  status: string;
  /** Why, in one word for programs. */
  reason?: string;
  /** Why, for people. */
  message?: string;
  /** RFC 3339; when `status` last changed. */
  lastTransitionTime?: string;
}
