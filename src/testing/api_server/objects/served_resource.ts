import type { Resource } from "../../../client/resource.ts";
import { OWN_RESOURCES } from "./own_resources.ts";

/** A resource that the API server serves. */
export interface ServedResource extends Resource {
  /** One of the cluster's own, not a custom one. */
  readonly builtIn: boolean;
  /** Whether the status is written through a subresource alone. */
  readonly ownStatus: boolean;
  /** For kubectl. */
  readonly shortNames: readonly string[];
}

/** The built-in resources whose objects have no status, or none of their own. */
const WITHOUT_STATUS = [
  "ClusterRole",
  "ClusterRoleBinding",
  "ConfigMap",
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

/** The resources that this package names, and `custom` ones. */
export function servedResources(
  custom: readonly Resource[] = [],
): ServedResource[] {
  return [
    ...OWN_RESOURCES.map((resource) => ({
      ...resource,
      builtIn: true,
      ownStatus: !WITHOUT_STATUS.includes(resource.kind),
      shortNames: SHORT_NAMES[resource.kind] ?? [],
    })),
    ...custom.map((resource) => ({
      ...resource,
      builtIn: false,
      ownStatus: false,
      shortNames: [],
    })),
  ];
}

/** `v1`, or `apps/v1`. */
export function groupVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}
