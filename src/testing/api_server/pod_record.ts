import { isRecord } from "../../json.ts";
import type {
  Container,
  ContainerLog,
  ContainerSpec,
} from "../containers/container.ts";
import { badRequest, invalid } from "./api_failure.ts";
import { CountedFault, LOG_FAULT_ANNOTATION, type LogFault } from "./fault.ts";
import type { ApiResource } from "./objects/api_resource.ts";
import { newObject, type RequestObject } from "./objects/new_object.ts";
import type {
  ObjectRecord,
  StoredMetadata,
  StoredObject,
} from "./objects/stored_object.ts";

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
  resource: ApiResource,
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

/**
 * The pod that a client wants created, checked and with the server's defaults.
 *
 * @throws {ApiFailure} 400 or 422.
 */
export function newPod(
  resource: ApiResource,
  object: RequestObject,
  namespace: string,
): PodObject {
  const made = newObject(resource, object, namespace);
  return {
    ...made,
    kind: "Pod",
    metadata: { ...made.metadata, namespace },
    spec: readSpec(object.spec, made.metadata.name),
    status: { phase: "Pending" },
  };
}

/** @throws {ApiFailure} 422, if containers are missing or have no name or image. */
export function readSpec(given: unknown, pod: string): PodSpec {
  const spec = isRecord(given) ? given : {};
  const containers = Array.isArray(spec.containers) ? spec.containers : [];
  if (containers.length === 0) {
    throw invalid(POD, pod, "spec.containers", "Required value");
  }
  const names = new Set<unknown>();
  containers.forEach((container: unknown, index) => {
    const fields = isRecord(container) ? container : {};
    for (const field of ["name", "image"]) {
      if (typeof fields[field] === "string" && fields[field] !== "") continue;
      const path = `spec.containers[${index}].${field}`;
      throw invalid(POD, pod, path, "Required value");
    }
    if (names.has(fields.name)) {
      const problem = `Duplicate value: ${JSON.stringify(fields.name)}`;
      throw invalid(POD, pod, `spec.containers[${index}].name`, problem);
    }
    names.add(fields.name);
  });
  return { restartPolicy: "Always", ...spec, containers };
}

const POD = { kind: "Pod" };
