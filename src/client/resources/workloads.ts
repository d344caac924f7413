import type * as apps from "../kubernetes/apps_v1.ts";
import type * as autoscaling from "../kubernetes/autoscaling_v2.ts";
import type * as policy from "../kubernetes/policy_v1.ts";
import type { Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

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
