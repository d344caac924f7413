import type * as apiextensions from "./kubernetes/apiextensions_v1.ts";
import type * as apps from "./kubernetes/apps_v1.ts";
import type * as autoscaling from "./kubernetes/autoscaling_v2.ts";
import type * as batch from "./kubernetes/batch_v1.ts";
import type * as coordination from "./kubernetes/coordination_v1.ts";
import type * as core from "./kubernetes/core_v1.ts";
import type * as discovery from "./kubernetes/discovery_v1.ts";
import type * as networking from "./kubernetes/networking_v1.ts";
import type * as policy from "./kubernetes/policy_v1.ts";
import type * as rbac from "./kubernetes/rbac_v1.ts";
import type * as storage from "./kubernetes/storage_v1.ts";
import {
  type ClusterScoped,
  defineResource,
  type HasAttach,
  type HasExec,
  type HasLogs,
  type Namespaced,
  type Resource,
} from "./resource.ts";

/** A group of containers that run together. */
export type Pod = core.Pod;

/** The resource of {@linkcode Pod} objects; it has exec, attach and logs. */
export const Pod:
  & Resource<Pod>
  & Namespaced
  & HasExec
  & HasAttach
  & HasLogs = defineResource<Pod>({
    version: "v1",
    kind: "Pod",
    plural: "pods",
    exec: true,
    attach: true,
    logs: true,
  });

/**
 * Whether the pod runs and all its containers are ready; made for
 * `pods.waitFor(name, isRunning)`.
 */
export function isRunning<P extends Pod>(
  pod: P | undefined,
): pod is P & { status: { phase: "Running" } } {
  const status = pod?.status;
  if (status?.phase !== "Running") return false;
  const containers = status.containerStatuses ?? [];
  return containers.length >= pod!.spec.containers.length &&
    containers.every((container) => container.ready);
}

/** Keeps a number of equal pods running, and rolls out changes. */
export type Deployment = apps.Deployment;

/** The resource of {@linkcode Deployment} objects. */
export const Deployment: Resource<Deployment> & Namespaced = defineResource<
  Deployment
>({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
});

/** Keeps a number of equal pods running. */
export type ReplicaSet = apps.ReplicaSet;

/** The resource of {@linkcode ReplicaSet} objects. */
export const ReplicaSet: Resource<ReplicaSet> & Namespaced = defineResource<
  ReplicaSet
>({
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
});

/** Keeps numbered pods running, each with a name and storage of its own. */
export type StatefulSet = apps.StatefulSet;

/** The resource of {@linkcode StatefulSet} objects. */
export const StatefulSet: Resource<StatefulSet> & Namespaced = defineResource<
  StatefulSet
>({
  group: "apps",
  version: "v1",
  kind: "StatefulSet",
  plural: "statefulsets",
});

/** Keeps one pod running on each node. */
export type DaemonSet = apps.DaemonSet;

/** The resource of {@linkcode DaemonSet} objects. */
export const DaemonSet: Resource<DaemonSet> & Namespaced = defineResource<
  DaemonSet
>({
  group: "apps",
  version: "v1",
  kind: "DaemonSet",
  plural: "daemonsets",
});

/** Changes the number of pods by their load. */
export type HorizontalPodAutoscaler = autoscaling.HorizontalPodAutoscaler;

/** The resource of {@linkcode HorizontalPodAutoscaler} objects. */
export const HorizontalPodAutoscaler:
  & Resource<HorizontalPodAutoscaler>
  & Namespaced = defineResource<HorizontalPodAutoscaler>({
    group: "autoscaling",
    version: "v2",
    kind: "HorizontalPodAutoscaler",
    plural: "horizontalpodautoscalers",
  });

/** How many pods may be away at a time. */
export type PodDisruptionBudget = policy.PodDisruptionBudget;

/** The resource of {@linkcode PodDisruptionBudget} objects. */
export const PodDisruptionBudget: Resource<PodDisruptionBudget> & Namespaced =
  defineResource<PodDisruptionBudget>({
    group: "policy",
    version: "v1",
    kind: "PodDisruptionBudget",
    plural: "poddisruptionbudgets",
  });

/** Runs pods until they have done their work. */
export type Job = batch.Job;

/** The resource of {@linkcode Job} objects. */
export const Job: Resource<Job> & Namespaced = defineResource<Job>({
  group: "batch",
  version: "v1",
  kind: "Job",
  plural: "jobs",
});

/** Makes jobs by the clock. */
export type CronJob = batch.CronJob;

/** The resource of {@linkcode CronJob} objects. */
export const CronJob: Resource<CronJob> & Namespaced = defineResource<CronJob>({
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
});

/** One address for a set of pods. */
export type Service = core.Service;

/** The resource of {@linkcode Service} objects. */
export const Service: Resource<Service> & Namespaced = defineResource<Service>({
  version: "v1",
  kind: "Service",
  plural: "services",
});

/** The addresses behind a service. */
export type EndpointSlice = discovery.EndpointSlice;

/** The resource of {@linkcode EndpointSlice} objects. */
export const EndpointSlice: Resource<EndpointSlice> & Namespaced =
  defineResource<EndpointSlice>({
    group: "discovery.k8s.io",
    version: "v1",
    kind: "EndpointSlice",
    plural: "endpointslices",
  });

/** How HTTP reaches services from outside. */
export type Ingress = networking.Ingress;

/** The resource of {@linkcode Ingress} objects. */
export const Ingress: Resource<Ingress> & Namespaced = defineResource<Ingress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  plural: "ingresses",
});

/** Who may speak to pods, and to whom they may. */
export type NetworkPolicy = networking.NetworkPolicy;

/** The resource of {@linkcode NetworkPolicy} objects. */
export const NetworkPolicy: Resource<NetworkPolicy> & Namespaced =
  defineResource<NetworkPolicy>({
    group: "networking.k8s.io",
    version: "v1",
    kind: "NetworkPolicy",
    plural: "networkpolicies",
  });

/** Configuration for pods. */
export type ConfigMap = core.ConfigMap;

/** The resource of {@linkcode ConfigMap} objects. */
export const ConfigMap: Resource<ConfigMap> & Namespaced = defineResource<
  ConfigMap
>({
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
});

/** Secrets for pods. */
export type Secret = core.Secret;

/** The resource of {@linkcode Secret} objects. */
export const Secret: Resource<Secret> & Namespaced = defineResource<Secret>({
  version: "v1",
  kind: "Secret",
  plural: "secrets",
});

/** A claim of storage. */
export type PersistentVolumeClaim = core.PersistentVolumeClaim;

/** The resource of {@linkcode PersistentVolumeClaim} objects. */
export const PersistentVolumeClaim:
  & Resource<PersistentVolumeClaim>
  & Namespaced = defineResource<PersistentVolumeClaim>({
    version: "v1",
    kind: "PersistentVolumeClaim",
    plural: "persistentvolumeclaims",
  });

/** A piece of storage. */
export type PersistentVolume = core.PersistentVolume;

/** The resource of {@linkcode PersistentVolume} objects. */
export const PersistentVolume: Resource<PersistentVolume> & ClusterScoped =
  defineResource<PersistentVolume>({
    version: "v1",
    kind: "PersistentVolume",
    plural: "persistentvolumes",
    namespaced: false,
  });

/** A way to come by storage. */
export type StorageClass = storage.StorageClass;

/** The resource of {@linkcode StorageClass} objects. */
export const StorageClass: Resource<StorageClass> & ClusterScoped =
  defineResource<StorageClass>({
    group: "storage.k8s.io",
    version: "v1",
    kind: "StorageClass",
    plural: "storageclasses",
    namespaced: false,
  });

/** A name space for objects. */
export type Namespace = core.Namespace;

/** The resource of {@linkcode Namespace} objects. */
export const Namespace: Resource<Namespace> & ClusterScoped = defineResource<
  Namespace
>({
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
});

/** A machine of the cluster. */
export type Node = core.Node;

/** The resource of {@linkcode Node} objects. */
export const Node: Resource<Node> & ClusterScoped = defineResource<Node>({
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
});

/** What happened to an object, for people to read. */
export type Event = core.Event;

/** The resource of {@linkcode Event} objects. */
export const Event: Resource<Event> & Namespaced = defineResource<Event>({
  version: "v1",
  kind: "Event",
  plural: "events",
});

/** Who holds something, and until when. */
export type Lease = coordination.Lease;

/** The resource of {@linkcode Lease} objects. */
export const Lease: Resource<Lease> & Namespaced = defineResource<Lease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
});

/** A kind of object that the cluster was taught. */
export type CustomResourceDefinition = apiextensions.CustomResourceDefinition;

/** The resource of {@linkcode CustomResourceDefinition} objects. */
export const CustomResourceDefinition:
  & Resource<CustomResourceDefinition>
  & ClusterScoped = defineResource<CustomResourceDefinition>({
    group: "apiextensions.k8s.io",
    version: "v1",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false,
  });

/** Who a pod is to the API server. */
export type ServiceAccount = core.ServiceAccount;

/** The resource of {@linkcode ServiceAccount} objects. */
export const ServiceAccount: Resource<ServiceAccount> & Namespaced =
  defineResource<ServiceAccount>({
    version: "v1",
    kind: "ServiceAccount",
    plural: "serviceaccounts",
  });

/** Rights in a namespace. */
export type Role = rbac.Role;

/** The resource of {@linkcode Role} objects. */
export const Role: Resource<Role> & Namespaced = defineResource<Role>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
});

/** Who has the rights of a role, in a namespace. */
export type RoleBinding = rbac.RoleBinding;

/** The resource of {@linkcode RoleBinding} objects. */
export const RoleBinding: Resource<RoleBinding> & Namespaced = defineResource<
  RoleBinding
>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
});

/** Rights in the whole cluster, or for bindings in any namespace. */
export type ClusterRole = rbac.ClusterRole;

/** The resource of {@linkcode ClusterRole} objects. */
export const ClusterRole: Resource<ClusterRole> & ClusterScoped =
  defineResource<ClusterRole>({
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind: "ClusterRole",
    plural: "clusterroles",
    namespaced: false,
  });

/** Who has the rights of a cluster role, everywhere. */
export type ClusterRoleBinding = rbac.ClusterRoleBinding;

/** The resource of {@linkcode ClusterRoleBinding} objects. */
export const ClusterRoleBinding: Resource<ClusterRoleBinding> & ClusterScoped =
  defineResource<ClusterRoleBinding>({
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind: "ClusterRoleBinding",
    plural: "clusterrolebindings",
    namespaced: false,
  });
