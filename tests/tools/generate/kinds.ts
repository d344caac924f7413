/** A kind whose type is generated, with all types it refers to. */
export interface Kind {
  /** The name of its definition, without the common prefix. */
  readonly definition: string;
  /**
   * Whether every object of this kind has a spec. The document says it is
   * optional, but servers refuse these objects without one.
   */
  readonly spec: boolean;
}

const withSpec = [
  "api.core.v1.Pod",
  "api.core.v1.Service",
  "api.core.v1.PersistentVolume",
  "api.core.v1.PersistentVolumeClaim",
  "api.apps.v1.DaemonSet",
  "api.apps.v1.Deployment",
  "api.apps.v1.ReplicaSet",
  "api.apps.v1.StatefulSet",
  "api.autoscaling.v2.HorizontalPodAutoscaler",
  "api.batch.v1.CronJob",
  "api.batch.v1.Job",
  "api.networking.v1.Ingress",
  "api.networking.v1.NetworkPolicy",
  "api.policy.v1.PodDisruptionBudget",
  "apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
];

const withoutSpec = [
  "api.core.v1.ConfigMap",
  "api.core.v1.Event",
  "api.core.v1.Namespace",
  "api.core.v1.Node",
  "api.core.v1.Secret",
  "api.core.v1.ServiceAccount",
  "api.coordination.v1.Lease",
  "api.discovery.v1.EndpointSlice",
  "api.rbac.v1.ClusterRole",
  "api.rbac.v1.ClusterRoleBinding",
  "api.rbac.v1.Role",
  "api.rbac.v1.RoleBinding",
  "api.storage.v1.StorageClass",
];

/** Every kind with a resource in src/client/resources. */
export const kinds: readonly Kind[] = [
  ...withSpec.map((definition) => ({ definition, spec: true })),
  ...withoutSpec.map((definition) => ({ definition, spec: false })),
];

/** More types, for objects of other kinds: custom resources. */
export const extras: readonly string[] = [
  "apimachinery.pkg.apis.meta.v1.Condition",
];
