import { isRecord } from "../../json.ts";
import type { Container, ContainerSpec } from "../containers/container.ts";
import type { ContainerLog } from "../containers/container_log.ts";
import { badRequest, invalid } from "./api_failure.ts";
import {
  CountedFault,
  LOG_FAULT_ANNOTATION,
  type LogFault,
  parseFault,
  PORT_FORWARD_FAULT_ANNOTATION,
  type PortForwardFault,
} from "./fault.ts";
import { ownField } from "./own_fields.ts";
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
  initContainers?: InitContainerSpec[];
  containers: ContainerSpec[];
  ephemeralContainers?: EphemeralContainerSpec[];
  nodeName?: string;
  restartPolicy: "Always" | "OnFailure" | "Never";
  activeDeadlineSeconds?: number;
}

/** An init container; with `restartPolicy: Always` a sidecar. */
export interface InitContainerSpec extends ContainerSpec {
  readonly restartPolicy?: "Always";
}

/** A container that is added to a pod that exists. */
export interface EphemeralContainerSpec extends ContainerSpec {
  readonly targetContainerName?: string;
}

export interface PodStatus {
  phase: "Pending" | "Running" | "Succeeded" | "Failed";
  /** Why the pod has failed, if that is not up to a container. */
  reason?: string;
  message?: string;
  startTime?: string;
  hostIP?: string;
  podIP?: string;
  conditions?: PodCondition[];
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
}

export interface PodCondition {
  type: "PodScheduled" | "Initialized" | "ContainersReady" | "Ready";
  status: "True" | "False";
  reason?: string;
  lastTransitionTime?: string;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  /** Of the latest run; absent before the first. */
  containerID?: string;
  state: ContainerState;
  /** How the run before the last restart ended. */
  lastState: Pick<ContainerState, "terminated">;
}

export interface ContainerState {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: {
    exitCode: number;
    reason: string;
    message?: string;
    startedAt: string;
    finishedAt: string;
    containerID: string;
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
  /** From the pod's annotation. */
  readonly portForwardFault: CountedFault<PortForwardFault> | null;
  /** Aborted once the pod's processes have ended for good. */
  readonly gone: AbortController;
  /** When the pod became ready, in milliseconds; null while it is not. */
  readySince: number | null;
  /** Whether all containers that count have ended: nothing is restarted. */
  ending: boolean;
  /** Whether the pod is being deleted or is gone. */
  removed: boolean;
}

/** Creates the record of a pod that does not run yet. */
export function podRecord(
  resource: ApiResource,
  object: PodObject,
): PodRecord {
  const fault = parseFault<LogFault>(object, LOG_FAULT_ANNOTATION);
  const portForwardFault = parseFault<PortForwardFault>(
    object,
    PORT_FORWARD_FAULT_ANNOTATION,
  );
  return {
    resource,
    object,
    containers: new Map(),
    logs: new Map(),
    previousLogs: new Map(),
    logFault: fault && new CountedFault(fault, fault.times ?? 1),
    portForwardFault: portForwardFault &&
      new CountedFault(portForwardFault, portForwardFault.times ?? Infinity),
    gone: new AbortController(),
    readySince: null,
    ending: false,
    removed: false,
  };
}

export function isPod(record: ObjectRecord): record is PodRecord {
  return record.resource.kind === "Pod" && record.resource.builtIn;
}

/** The status of a container of the pod. */
export function statusOf(
  { object: { status } }: PodRecord,
  container: string,
): ContainerStatus | undefined {
  const {
    initContainerStatuses = [],
    containerStatuses = [],
    ephemeralContainerStatuses = [],
  } = status;
  return [
    ...initContainerStatuses,
    ...containerStatuses,
    ...ephemeralContainerStatuses,
  ].find(({ name }) => name === container);
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
  const initNames = (pod.spec.initContainers ?? []).map(({ name }) => name);
  if (!wanted) {
    if (names.length === 1) return names[0]!;
    const others = initNames.length === 0
      ? ""
      : ` or one of the init containers: [${initNames.join(" ")}]`;
    throw badRequest(
      `a container name must be specified for pod ${name}, ` +
        `choose one of: [${names.join(" ")}]${others}`,
    );
  }
  const { ephemeralContainers = [] } = pod.spec;
  const known = [...names, ...initNames, ...namesOf(ephemeralContainers)];
  if (known.includes(wanted)) return wanted;
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

function namesOf(containers: readonly ContainerSpec[]): string[] {
  return containers.map(({ name }) => name);
}

/**
 * Checks an update of a pod's ephemeral containers: others can be added, those
 * that exist can be neither changed nor removed.
 *
 * @throws {ApiFailure} 400 or 422.
 */
export function checkEphemeralContainers(
  { metadata: { name }, spec: before }: PodObject,
  { spec }: PodObject,
): void {
  const field = "spec.ephemeralContainers";
  const { ephemeralContainers: containers = [] } = spec;
  const others = namesOf([...spec.containers, ...spec.initContainers ?? []]);
  const names = new Set<unknown>(others);
  containers.forEach((container, index) => {
    const path = `${field}[${index}]`;
    checkContainer(container, names, path, name);
    const { targetContainerName: target } = container;
    if (target === undefined || others.includes(target)) return;
    const problem = `Not found: ${JSON.stringify(target)}`;
    throw invalid(POD, name, `${path}.targetContainerName`, problem);
  });
  for (const old of before.ephemeralContainers ?? []) {
    const kept = containers.find((it) => it.name === old.name);
    const is = kept === undefined
      ? "removed"
      : JSON.stringify(kept) === JSON.stringify(old)
      ? null
      : "changed";
    if (is === null) continue;
    const problem = `Forbidden: existing ephemeral containers ` +
      `${JSON.stringify(old.name)} may not be ${is}\n`;
    throw invalid(POD, name, field, problem);
  }
}

/** @throws {ApiFailure} 422, for missing containers, names or images. */
function readSpec(given: unknown, pod: string): PodSpec {
  const spec = isRecord(given) ? given : {};
  const names = new Set<unknown>();
  const read = (field: "initContainers" | "containers"): ContainerSpec[] => {
    const list = Array.isArray(spec[field]) ? spec[field] : [];
    list.forEach((container, index) => {
      checkContainer(container, names, `spec.${field}[${index}]`, pod);
    });
    return list;
  };
  if (Array.isArray(spec.ephemeralContainers) && spec.ephemeralContainers[0]) {
    const problem = "Forbidden: cannot be set on create";
    throw invalid(POD, pod, "spec.ephemeralContainers", problem);
  }
  const containers = read("containers");
  if (containers.length === 0) {
    throw invalid(POD, pod, "spec.containers", "Required value");
  }
  const initContainers = read("initContainers") as InitContainerSpec[];
  return {
    restartPolicy: "Always",
    ...spec,
    ...(initContainers.length === 0 ? {} : { initContainers }),
    containers,
  };
}

const POD = { kind: "Pod" };

/**
 * @throws {ApiFailure} 400 for a field of the wrong type; 422 for a missing name
 * or image, or a used name.
 */
function checkContainer(
  container: unknown,
  names: Set<unknown>,
  path: string,
  pod: string,
): void {
  const fields = isRecord(container) ? container : {};
  for (const field of ["name", "image"]) {
    if (typeof fields[field] === "string" && fields[field] !== "") continue;
    throw invalid(POD, pod, `${path}.${field}`, "Required value");
  }
  if (names.has(fields.name)) {
    const problem = `Duplicate value: ${JSON.stringify(fields.name)}`;
    throw invalid(POD, pod, `${path}.name`, problem);
  }
  names.add(fields.name);
  checkTypes(fields, path.replace(/\[\d+\]$/, ""));
}

const isText = (value: unknown): boolean => typeof value === "string";
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && value.every(isText);

/** The fields that containers are started with, and their types in Go. */
const TYPES: Readonly<
  Record<string, readonly [(value: unknown) => boolean, string]>
> = {
  command: [isTextList, "[]string"],
  args: [isTextList, "[]string"],
  env: [isEnv, "[]v1.EnvVar"],
  workingDir: [isText, "string"],
  stdin: [isFlag, "bool"],
  stdinOnce: [isFlag, "bool"],
  tty: [isFlag, "bool"],
};

function isEnv(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((item) =>
      isRecord(item) && isText(item.name) && isText(item.value ?? "")
    );
}

/** @throws {ApiFailure} 400, in the words of Go's JSON decoder. */
function checkTypes(fields: Record<string, unknown>, path: string): void {
  for (const [field, [isValid, type]] of Object.entries(TYPES)) {
    const value = ownField(fields, field);
    if (value === undefined || value === null || isValid(value)) continue;
    const kind = Array.isArray(value) ? "array" : typeof value;
    throw badRequest(
      'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal ' +
        `${kind} into Go struct field Container.${path}.${field} of type ${type}`,
    );
  }
}
