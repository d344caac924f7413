import type { ContainerLog } from "../containers/container_log.ts";
import { isRecord } from "../../json.ts";
import type { Container, ContainerSpec } from "../containers/container.ts";
import { badRequest, invalid } from "./api_failure.ts";
import { CountedFault, LOG_FAULT_ANNOTATION, type LogFault } from "./fault.ts";
import type { ApiResource } from "./objects/api_resource.ts";
import { newObject, type RequestObject } from "./objects/new_object.ts";
import type {
  ObjectRecord,
  StoredMetadata,
  StoredObject,
} from "./objects/stored_object.ts";

/** A stored pod, with the fields that the API server reads or writes. */
export interface PodObject extends StoredObject {
  kind: "Pod";
  metadata: StoredMetadata & { namespace: string };
  spec: PodSpec;
  status: PodStatus;
}

export interface PodSpec {
  containers: ContainerSpec[];
  nodeName?: string;
  restartPolicy: "Always" | "OnFailure" | "Never";
}

export interface PodStatus {
  phase: "Pending" | "Running" | "Succeeded" | "Failed";
  startTime?: string;
  hostIP?: string;
  podIP?: string;
  conditions?: { type: string; status: "True" | "False" }[];
  containerStatuses?: ContainerStatus[];
}

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

/** A pod and its containers. */
export interface PodRecord extends ObjectRecord {
  object: PodObject;
  /** The running containers by name. */
  readonly containers: Map<string, Container>;
  /** The logs of the latest containers, including ended ones, by name. */
  readonly logs: Map<string, ContainerLog>;
  /** The logs of the containers before the last restart, by name. */
  readonly previousLogs: Map<string, ContainerLog>;
  /** From the pod's annotation. */
  readonly logFault: CountedFault<LogFault> | null;
  /** Whether the pod is being deleted or is gone. */
  removed: boolean;
}

/** Creates the record of a pod that does not run yet. */
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

export function isPod(record: ObjectRecord): record is PodRecord {
  return record.resource.kind === "Pod" && record.resource.builtIn;
}

/**
 * The container of a request.
 *
 * @throws {ApiFailure} 400, if the pod has no container of that name, or several
 * and the request names none.
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
 * Creates a pod from a request's object, validated and with defaults.
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

/** @throws {ApiFailure} 422, for missing containers, names or images. */
function readSpec(given: unknown, pod: string): PodSpec {
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
