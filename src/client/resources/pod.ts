import type { Condition, KubeObject, ObjectMeta } from "../kube_object.ts";
import {
  defineResource,
  type HasAttach,
  type HasExec,
  type Resource,
} from "../resource.ts";

/** A group of containers that run together. */
export interface Pod extends KubeObject {
  /** What is wanted. */
  spec: PodSpec;
  /** What is, as the server last saw it. */
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
  /** The containers that run side by side. */
  containers: Container[];
  /** The containers that run before them, one after the other. */
  initContainers?: Container[];
  /** `"Always"` (the default), `"OnFailure"` or `"Never"`. */
  restartPolicy?: string;
  /** Who the pod is to the API server; `default` unless said. */
  serviceAccountName?: string;
  /** The node; the scheduler chooses it unless said. */
  nodeName?: string;
  /** Labels that the node must have. */
  nodeSelector?: Record<string, string>;
  /** Seconds between TERM and KILL; 30 unless said. */
  terminationGracePeriodSeconds?: number;
  /** Seconds after which the pod has failed. */
  activeDeadlineSeconds?: number;
  /** Volumes for the containers to mount. */
  volumes?: Volume[];
  /** Any other field of the API. */
  [field: string]: unknown;
}

/** One container of a pod. */
export interface Container {
  /** Unique in the pod. */
  name: string;
  /** The image to run. */
  image?: string;
  /** Replaces the image's entry point. */
  command?: string[];
  /** Replaces the image's command. */
  args?: string[];
  /** Where the main process starts. */
  workingDir?: string;
  /** The environment of its processes. */
  env?: EnvVar[];
  /** The ports that it listens on. */
  ports?: { containerPort: number; name?: string; protocol?: string }[];
  /** Where it sees the volumes. */
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  /** `"Always"`, `"IfNotPresent"` or `"Never"`. */
  imagePullPolicy?: string;
  /** Whether the main process has a stdin; without it, attach discards what is written. */
  stdin?: boolean;
  /** Whether stdin ends with the first attach that ends. */
  stdinOnce?: boolean;
  /** Whether the main process has a terminal. */
  tty?: boolean;
  /** Any other field of the API. */
  [field: string]: unknown;
}

/** One environment variable of a container. */
export interface EnvVar {
  /** Its name. */
  name: string;
  /** Its value; empty unless said. */
  value?: string;
  /** Where its value comes from instead. */
  valueFrom?: Record<string, unknown>;
}

/** A volume; the fields beside the name say its kind. */
export interface Volume {
  /** Unique in the pod. */
  name: string;
  /** Its kind and where it comes from, for example `emptyDir`. */
  [kind: string]: unknown;
}

/** How a pod is. */
export interface PodStatus {
  /** `"Pending"`, `"Running"`, `"Succeeded"`, `"Failed"` or `"Unknown"`. */
  phase?: string;
  /** Details, each a yes or no. */
  conditions?: Condition[];
  /** How each container is. */
  containerStatuses?: ContainerStatus[];
  /** How each of the containers before them is. */
  initContainerStatuses?: ContainerStatus[];
  /** The pod's address. */
  podIP?: string;
  /** Its node's address. */
  hostIP?: string;
  /** Why it is so, in one word for programs. */
  reason?: string;
  /** Why it is so, for people. */
  message?: string;
  /** RFC 3339; when the node took the pod on. */
  startTime?: string;
}

/** How one container of a pod is. */
export interface ContainerStatus {
  /** The container. */
  name: string;
  /** Whether it runs and its readiness probe is content. */
  ready: boolean;
  /** How often it was started again. */
  restartCount: number;
  /** Whether it runs and its startup probe was content. */
  started?: boolean;
  /** The image that it runs. */
  image?: string;
  /** Its name to the container runtime. */
  containerID?: string;
  /** How it is now. */
  state?: ContainerState;
  /** How it was before its last restart. */
  lastState?: ContainerState;
}

/** Exactly one of them is set. */
export interface ContainerState {
  /** Not started yet, or not again. */
  waiting?: { reason?: string; message?: string };
  /** Running since then. */
  running?: { startedAt?: string };
  /** Ended. */
  terminated?: { exitCode: number; reason?: string; message?: string };
}

/** The metadata of a pod template, and what its pods are to run. */
export interface PodTemplate {
  /** The pods' labels and annotations. */
  metadata?: ObjectMeta;
  /** What the pods are to run. */
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
