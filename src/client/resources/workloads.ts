import type { Condition, KubeObject, LabelSelector } from "../kube_object.ts";
import { defineResource, type Resource } from "../resource.ts";
import type { PodTemplate } from "./pod.ts";

/** Keeps a number of equal pods running, and rolls out changes. */
export interface Deployment extends KubeObject {
  spec: ReplicatedSpec;
  status?: ReplicatedStatus;
}

/** The resource of {@linkcode Deployment} objects. */
export const Deployment: Resource<Deployment> = app("Deployment");

/** Keeps a number of equal pods running. */
export interface ReplicaSet extends KubeObject {
  spec: ReplicatedSpec;
  status?: ReplicatedStatus;
}

/** The resource of {@linkcode ReplicaSet} objects. */
export const ReplicaSet: Resource<ReplicaSet> = app("ReplicaSet");

/** Keeps numbered pods running, each with a name and storage of its own. */
export interface StatefulSet extends KubeObject {
  spec: ReplicatedSpec & { serviceName?: string };
  status?: ReplicatedStatus;
}

/** The resource of {@linkcode StatefulSet} objects. */
export const StatefulSet: Resource<StatefulSet> = app("StatefulSet");

/** Keeps one pod running on each node. */
export interface DaemonSet extends KubeObject {
  spec: Omit<ReplicatedSpec, "replicas">;
  status?: {
    desiredNumberScheduled?: number;
    currentNumberScheduled?: number;
    numberReady?: number;
    conditions?: Condition[];
  };
}

/** The resource of {@linkcode DaemonSet} objects. */
export const DaemonSet: Resource<DaemonSet> = app("DaemonSet");

/** What a workload with replicas is to run. */
export interface ReplicatedSpec {
  /** 1 unless said. */
  replicas?: number;
  selector: LabelSelector;
  template: PodTemplate;
}

/** How a workload with replicas is. */
export interface ReplicatedStatus {
  replicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  updatedReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
}

function app<T extends KubeObject>(kind: string): Resource<T> {
  const plural = `${kind.toLowerCase()}s`;
  return defineResource<T>({ group: "apps", version: "v1", kind, plural });
}
