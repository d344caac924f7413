import type { Container, ContainerSpec } from "../machine/machine.ts";
import { badRequest } from "./status_failures.ts";

/** A pod as the API server keeps it: what this kit reads or writes of one. */
export interface PodObject {
  apiVersion: "v1";
  kind: "Pod";
  metadata: PodMetadata;
  spec: PodSpec;
  status: PodStatus;
}

/** A pod's metadata. */
export interface PodMetadata {
  name: string;
  namespace: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A pod's spec. */
export interface PodSpec {
  containers: ContainerSpec[];
  nodeName?: string;
  restartPolicy: "Always" | "OnFailure" | "Never";
}

/** A pod's status. */
export interface PodStatus {
  phase: "Pending" | "Running" | "Succeeded" | "Failed";
  startTime?: string;
  hostIP?: string;
  podIP?: string;
  conditions?: { type: string; status: "True" | "False" }[];
  containerStatuses?: ContainerStatus[];
}

/** The status of one container. */
export interface ContainerStatus {
  name: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  state: {
    waiting?: { reason: string };
    running?: { startedAt: string };
    terminated?: { exitCode: number; reason: string; finishedAt: string };
  };
}

/** A pod and what runs for it. */
export interface PodRecord {
  readonly pod: PodObject;
  /** The containers that run, by name. */
  readonly containers: Map<string, Container>;
  /** The containers whose log can be read: also those that have ended. */
  readonly logs: Map<string, Container["log"]>;
  /** It is being deleted, or is gone. */
  removed: boolean;
}

/**
 * The container that a request means.
 *
 * @throws {ApiFailure} 400, if it names none of the pod's, or none at all where
 * there are several.
 */
export function chooseContainer(
  { pod }: PodRecord,
  wanted: string | null,
): string {
  const { name } = pod.metadata;
  const names = pod.spec.containers.map((container) => container.name);
  if (!wanted) {
    if (names.length === 1) return names[0]!;
    throw badRequest(
      `a container name must be specified for pod ${name}, ` +
        `choose one of: [${names.join(" ")}]`,
    );
  }
  if (names.includes(wanted)) return wanted;
  throw badRequest(`container ${wanted} is not valid for pod ${name}`);
}
