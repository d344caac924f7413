import type {
  Container,
  ContainerLog,
  ContainerSpec,
} from "../machine/machine.ts";
import { CountedFault, LOG_FAULT_ANNOTATION, type LogFault } from "./fault.ts";
import type { ServedResource } from "./objects/served_resource.ts";
import type {
  ObjectRecord,
  StoredMetadata,
  StoredObject,
} from "./objects/stored_object.ts";
import { badRequest } from "./status_failures.ts";

/** A pod as the API server keeps it: what this kit reads or writes of one. */
export interface PodObject extends StoredObject {
  kind: "Pod";
  metadata: StoredMetadata & { namespace: string };
  spec: PodSpec;
  status: PodStatus;
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
export interface PodRecord extends ObjectRecord {
  object: PodObject;
  /** The containers that run, by name. */
  readonly containers: Map<string, Container>;
  /** The logs of the latest containers, also of those that have ended, by name. */
  readonly logs: Map<string, ContainerLog>;
  /** The logs of those before them. */
  readonly previousLogs: Map<string, ContainerLog>;
  /** Cuts answers to followed logs; from the pod's annotation. */
  readonly logFault: CountedFault<LogFault> | null;
  /** It is being deleted, or is gone. */
  removed: boolean;
}

/** The record of a pod that nothing runs for yet. */
export function podRecord(
  resource: ServedResource,
  object: PodObject,
): PodRecord {
  const annotation = object.metadata.annotations?.[LOG_FAULT_ANNOTATION];
  const fault: LogFault | null = annotation === undefined
    ? null
    : JSON.parse(annotation);
  return {
    resource,
    object,
    containers: new Map(),
    logs: new Map(),
    previousLogs: new Map(),
    logFault: fault && new CountedFault(fault, fault.times ?? 1),
    removed: false,
  };
}

/** Whether an object is a pod. */
export function isPod(record: ObjectRecord): record is PodRecord {
  return record.resource.kind === "Pod" && record.resource.builtIn;
}

/**
 * The container that a request means.
 *
 * @throws {ApiFailure} 400, if it names none of the pod's, or none at all where
 * there are several.
 */
export function chooseContainer(
  { object: pod }: PodRecord,
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
