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
  type HasEviction,
  type HasExec,
  type HasLogs,
  type HasPortForward,
  type HasScale,
  type Namespaced,
  type Resource,
} from "./resource.ts";

/** A group of containers that run together on one node. */
export type Pod = core.Pod;

/** The resource of {@linkcode Pod} objects; it has every subresource. */
export const Pod:
  & Resource<Pod>
  & Namespaced
  & HasExec
  & HasAttach
  & HasLogs
  & HasPortForward
  & HasEviction = Object.freeze({
    ...defineResource<Pod>({
      version: "v1",
      kind: "Pod",
      plural: "pods",
      exec: true,
      attach: true,
      logs: true,
    }),
    portForward: true,
    eviction: true,
  });

/** Keeps replicas of a pod running and rolls out changes. */
export type Deployment = apps.Deployment;

/** The resource of {@linkcode Deployment} objects. */
export const Deployment: Resource<Deployment> & Namespaced & HasScale =
  defineResource({
    group: "apps",
    version: "v1",
    kind: "Deployment",
    plural: "deployments",
    scale: true,
  });

/** Keeps replicas of a pod running. */
export type ReplicaSet = apps.ReplicaSet;

/** The resource of {@linkcode ReplicaSet} objects. */
export const ReplicaSet: Resource<ReplicaSet> & Namespaced & HasScale =
  defineResource({
    group: "apps",
    version: "v1",
    kind: "ReplicaSet",
    plural: "replicasets",
    scale: true,
  });

/** Keeps pods with stable names and storage running. */
export type StatefulSet = apps.StatefulSet;

/** The resource of {@linkcode StatefulSet} objects. */
export const StatefulSet: Resource<StatefulSet> & Namespaced & HasScale =
  defineResource({
    group: "apps",
    version: "v1",
    kind: "StatefulSet",
    plural: "statefulsets",
    scale: true,
  });

/** Keeps a pod running on each node. */
export type DaemonSet = apps.DaemonSet;

/** The resource of {@linkcode DaemonSet} objects. */
export const DaemonSet: Resource<DaemonSet> & Namespaced = defineResource({
  group: "apps",
  version: "v1",
  kind: "DaemonSet",
  plural: "daemonsets",
});

/** Scales a workload by its load. */
export type HorizontalPodAutoscaler = autoscaling.HorizontalPodAutoscaler;

/** The resource of {@linkcode HorizontalPodAutoscaler} objects. */
export const HorizontalPodAutoscaler:
  & Resource<HorizontalPodAutoscaler>
  & Namespaced = defineResource({
    group: "autoscaling",
    version: "v2",
    kind: "HorizontalPodAutoscaler",
    plural: "horizontalpodautoscalers",
  });

/** Limits how many pods may be evicted at a time. */
export type PodDisruptionBudget = policy.PodDisruptionBudget;

/** The resource of {@linkcode PodDisruptionBudget} objects. */
export const PodDisruptionBudget: Resource<PodDisruptionBudget> & Namespaced =
  defineResource({
    group: "policy",
    version: "v1",
    kind: "PodDisruptionBudget",
    plural: "poddisruptionbudgets",
  });

/** Runs pods to completion. */
export type Job = batch.Job;

/** The resource of {@linkcode Job} objects. */
export const Job: Resource<Job> & Namespaced = defineResource({
  group: "batch",
  version: "v1",
  kind: "Job",
  plural: "jobs",
});

/** Creates jobs on a schedule. */
export type CronJob = batch.CronJob;

/** The resource of {@linkcode CronJob} objects. */
export const CronJob: Resource<CronJob> & Namespaced = defineResource({
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
});

/** One network address for a set of pods. */
export type Service = core.Service;

/** The resource of {@linkcode Service} objects. */
export const Service: Resource<Service> & Namespaced = defineResource({
  version: "v1",
  kind: "Service",
  plural: "services",
});

/** The endpoints of a service. */
export type EndpointSlice = discovery.EndpointSlice;

/** The resource of {@linkcode EndpointSlice} objects. */
export const EndpointSlice: Resource<EndpointSlice> & Namespaced =
  defineResource({
    group: "discovery.k8s.io",
    version: "v1",
    kind: "EndpointSlice",
    plural: "endpointslices",
  });

/** Routes HTTP traffic from outside to services. */
export type Ingress = networking.Ingress;

/** The resource of {@linkcode Ingress} objects. */
export const Ingress: Resource<Ingress> & Namespaced = defineResource({
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  plural: "ingresses",
});

/** Allows network traffic to and from pods. */
export type NetworkPolicy = networking.NetworkPolicy;

/** The resource of {@linkcode NetworkPolicy} objects. */
export const NetworkPolicy: Resource<NetworkPolicy> & Namespaced =
  defineResource({
    group: "networking.k8s.io",
    version: "v1",
    kind: "NetworkPolicy",
    plural: "networkpolicies",
  });

/** Configuration data for pods. */
export type ConfigMap = core.ConfigMap;

/** The resource of {@linkcode ConfigMap} objects. */
export const ConfigMap: Resource<ConfigMap> & Namespaced = defineResource({
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
});

/** Confidential data for pods. */
export type Secret = core.Secret;

/** The resource of {@linkcode Secret} objects. */
export const Secret: Resource<Secret> & Namespaced = defineResource({
  version: "v1",
  kind: "Secret",
  plural: "secrets",
});

/** A request for storage. */
export type PersistentVolumeClaim = core.PersistentVolumeClaim;

/** The resource of {@linkcode PersistentVolumeClaim} objects. */
export const PersistentVolumeClaim:
  & Resource<PersistentVolumeClaim>
  & Namespaced = defineResource({
    version: "v1",
    kind: "PersistentVolumeClaim",
    plural: "persistentvolumeclaims",
  });

/** A unit of storage in the cluster. */
export type PersistentVolume = core.PersistentVolume;

/** The resource of {@linkcode PersistentVolume} objects. */
export const PersistentVolume: Resource<PersistentVolume> & ClusterScoped =
  defineResource({
    version: "v1",
    kind: "PersistentVolume",
    plural: "persistentvolumes",
    namespaced: false,
  });

/** A kind of storage, and how it is provisioned. */
export type StorageClass = storage.StorageClass;

/** The resource of {@linkcode StorageClass} objects. */
export const StorageClass: Resource<StorageClass> & ClusterScoped =
  defineResource({
    group: "storage.k8s.io",
    version: "v1",
    kind: "StorageClass",
    plural: "storageclasses",
    namespaced: false,
  });

/** A scope for the names of objects. */
export type Namespace = core.Namespace;

/** The resource of {@linkcode Namespace} objects. */
export const Namespace: Resource<Namespace> & ClusterScoped = defineResource({
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
});

/** A machine of the cluster. */
export type Node = core.Node;

/** The resource of {@linkcode Node} objects. */
export const Node: Resource<Node> & ClusterScoped = defineResource({
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
});

/** A report of something that happened to an object. */
export type Event = core.Event;

/** The resource of {@linkcode Event} objects. */
export const Event: Resource<Event> & Namespaced = defineResource({
  version: "v1",
  kind: "Event",
  plural: "events",
});

/** A lock with an expiry, for example of a leader election. */
export type Lease = coordination.Lease;

/** The resource of {@linkcode Lease} objects. */
export const Lease: Resource<Lease> & Namespaced = defineResource({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
});

/** Defines a custom resource. */
export type CustomResourceDefinition = apiextensions.CustomResourceDefinition;

/** The resource of {@linkcode CustomResourceDefinition} objects. */
export const CustomResourceDefinition:
  & Resource<CustomResourceDefinition>
  & ClusterScoped = defineResource({
    group: "apiextensions.k8s.io",
    version: "v1",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false,
  });

/** The identity of a pod to the API server. */
export type ServiceAccount = core.ServiceAccount;

/** The resource of {@linkcode ServiceAccount} objects. */
export const ServiceAccount: Resource<ServiceAccount> & Namespaced =
  defineResource({
    version: "v1",
    kind: "ServiceAccount",
    plural: "serviceaccounts",
  });

/** Permissions in a namespace. */
export type Role = rbac.Role;

/** The resource of {@linkcode Role} objects. */
export const Role: Resource<Role> & Namespaced = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
});

/** Grants a role in a namespace. */
export type RoleBinding = rbac.RoleBinding;

/** The resource of {@linkcode RoleBinding} objects. */
export const RoleBinding: Resource<RoleBinding> & Namespaced = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
});

/** Permissions in the whole cluster, or for bindings in any namespace. */
export type ClusterRole = rbac.ClusterRole;

/** The resource of {@linkcode ClusterRole} objects. */
export const ClusterRole: Resource<ClusterRole> & ClusterScoped =
  defineResource({
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind: "ClusterRole",
    plural: "clusterroles",
    namespaced: false,
  });

/** Grants a cluster role in every namespace. */
export type ClusterRoleBinding = rbac.ClusterRoleBinding;

/** The resource of {@linkcode ClusterRoleBinding} objects. */
export const ClusterRoleBinding: Resource<ClusterRoleBinding> & ClusterScoped =
  defineResource({
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind: "ClusterRoleBinding",
    plural: "clusterrolebindings",
    namespaced: false,
  });
