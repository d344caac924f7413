import type { Condition, KubeObject, ObjectMeta } from "../kube_object.ts";
import {
  defineResource,
  type HasAttach,
  type HasExec,
  type Resource,
} from "../resource.ts";

/** A group of containers that run together. */
export interface Pod extends KubeObject {
  spec: PodSpec;
  status?: PodStatus;
}

/** The resource of {@linkcode Pod} objects; it has exec and attach. */
export const Pod: Resource<Pod> & HasExec & HasAttach = defineResource<Pod>({
  version: "v1",
  kind: "Pod",
  plural: "pods",
  exec: true,
  attach: true,
});

/** What a pod is to run. */
export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  /** `"Always"` (the default), `"OnFailure"` or `"Never"`. */
  restartPolicy?: string;
  serviceAccountName?: string;
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  terminationGracePeriodSeconds?: number;
  activeDeadlineSeconds?: number;
  volumes?: Volume[];
  [field: string]: unknown;
}

/** One container of a pod. */
export interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: EnvVar[];
  ports?: { containerPort: number; name?: string; protocol?: string }[];
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  imagePullPolicy?: string;
  /** Whether the main process has a stdin; without it, attach discards what is written. */
  stdin?: boolean;
  /** Whether stdin ends with the first attach that ends. */
  stdinOnce?: boolean;
  /** Whether the main process has a terminal. */
  tty?: boolean;
  [field: string]: unknown;
}

/** One environment variable of a container. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: Record<string, unknown>;
}

/** A volume; the fields beside the name say its kind. */
export interface Volume {
  name: string;
  [kind: string]: unknown;
}

/** How a pod is. */
export interface PodStatus {
  /** `"Pending"`, `"Running"`, `"Succeeded"`, `"Failed"` or `"Unknown"`. */
  phase?: string;
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  podIP?: string;
  hostIP?: string;
  reason?: string;
  message?: string;
  startTime?: string;
}

/** How one container of a pod is. */
export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  started?: boolean;
  image?: string;
  containerID?: string;
  state?: ContainerState;
  lastState?: ContainerState;
}

/** Exactly one of them is set. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode: number; reason?: string; message?: string };
}

/** The metadata of a pod template, and what its pods are to run. */
export interface PodTemplate {
  metadata?: ObjectMeta;
  spec: PodSpec;
}

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
