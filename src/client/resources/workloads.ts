import type { Condition, KubeObject, LabelSelector } from "../kube_object.ts";
import { defineResource, type Resource } from "../resource.ts";
import type { PodTemplate } from "./pod.ts";

/** Keeps a number of equal pods running, and rolls out changes. */
export interface Deployment extends KubeObject {
  /** What is wanted. */
  spec: ReplicatedSpec;
  /** What is, as the server last saw it. */
  status?: ReplicatedStatus;
}

/** The resource of {@linkcode Deployment} objects. */
export const Deployment: Resource<Deployment> = app("Deployment");

/** Keeps a number of equal pods running. */
export interface ReplicaSet extends KubeObject {
  /** What is wanted. */
  spec: ReplicatedSpec;
  /** What is, as the server last saw it. */
  status?: ReplicatedStatus;
}

/** The resource of {@linkcode ReplicaSet} objects. */
export const ReplicaSet: Resource<ReplicaSet> = app("ReplicaSet");

/** Keeps numbered pods running, each with a name and storage of its own. */
export interface StatefulSet extends KubeObject {
  /** What is wanted. */
  spec: ReplicatedSpec & { serviceName?: string };
  /** What is, as the server last saw it. */
  status?: ReplicatedStatus;
}

/** The resource of {@linkcode StatefulSet} objects. */
export const StatefulSet: Resource<StatefulSet> = app("StatefulSet");

/** Keeps one pod running on each node. */
export interface DaemonSet extends KubeObject {
  /** What is wanted. */
  spec: Omit<ReplicatedSpec, "replicas">;
  /** What is, as the server last saw it. */
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
  /** Which pods are its own; must match the template. */
  selector: LabelSelector;
  /** The pods to run. */
  template: PodTemplate;
}

/** How a workload with replicas is. */
export interface ReplicatedStatus {
  /** How many pods there are. */
  replicas?: number;
  /** How many of them are ready. */
  readyReplicas?: number;
  /** How many of them have been ready for long enough. */
  availableReplicas?: number;
  /** How many of them are of the newest template. */
  updatedReplicas?: number;
  /** The `metadata.generation` that this status is about. */
  observedGeneration?: number;
  /** Details, each a yes or no. */
  conditions?: Condition[];
}

function app<T extends KubeObject>(kind: string): Resource<T> {
  const plural = `${kind.toLowerCase()}s`;
  return defineResource<T>({ group: "apps", version: "v1", kind, plural });
}
