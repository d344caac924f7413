import type { Resource } from "../../../client/resource.ts";
import {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  Lease,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
} from "../../../client/resources.ts";

/** The history of StatefulSets and DaemonSets, for `kubectl rollout`. */
const ControllerRevision: Resource = {
  group: "apps",
  version: "v1",
  kind: "ControllerRevision",
  plural: "controllerrevisions",
  namespaced: true,
};

/**
 * The resources that this package exports. Listed one by one, because bundlers
 * keep all of a module that is imported as a namespace.
 */
export const BUILT_IN_RESOURCES: readonly Resource[] = [
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  Lease,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
];

/** A resource that the API server serves. */
export interface ApiResource extends Resource {
  /** Whether this is a Kubernetes resource, not a custom one. */
  readonly builtIn: boolean;
  /** Whether the status is written only through its subresource. */
  readonly hasStatusSubresource: boolean;
  /** The short names of kubectl. */
  readonly shortNames: readonly string[];
}

/** The built-in resources without a status subresource. */
const WITHOUT_STATUS = [
  "ClusterRole",
  "ClusterRoleBinding",
  "ConfigMap",
  "ControllerRevision",
  "EndpointSlice",
  "Event",
  "Lease",
  "NetworkPolicy",
  "Role",
  "RoleBinding",
  "Secret",
  "ServiceAccount",
  "StorageClass",
];

const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ["cm"],
  CronJob: ["cj"],
  CustomResourceDefinition: ["crd", "crds"],
  DaemonSet: ["ds"],
  Deployment: ["deploy"],
  Event: ["ev"],
  HorizontalPodAutoscaler: ["hpa"],
  Ingress: ["ing"],
  Namespace: ["ns"],
  NetworkPolicy: ["netpol"],
  Node: ["no"],
  PersistentVolume: ["pv"],
  PersistentVolumeClaim: ["pvc"],
  Pod: ["po"],
  PodDisruptionBudget: ["pdb"],
  ReplicaSet: ["rs"],
  Service: ["svc"],
  ServiceAccount: ["sa"],
  StatefulSet: ["sts"],
  StorageClass: ["sc"],
};

/** The built-in and `custom` resources. */
export function apiResources(
  custom: readonly Resource[] = [],
): ApiResource[] {
  return [
    ...[...BUILT_IN_RESOURCES, ControllerRevision].map((resource) => ({
      ...resource,
      builtIn: true,
      hasStatusSubresource: !WITHOUT_STATUS.includes(resource.kind),
      shortNames: SHORT_NAMES[resource.kind] ?? [],
    })),
    ...custom.map((resource) => ({
      ...resource,
      builtIn: false,
      hasStatusSubresource: false,
      shortNames: [],
    })),
  ];
}

/** `v1`, or `apps/v1`. */
export function groupVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}
