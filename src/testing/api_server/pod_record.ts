import type { Container, ContainerSpec } from "../containers/container.ts";
import type { ContainerLog } from "../containers/container_log.ts";
import { badRequest } from "./api_failure.ts";
import {
  CountedFault,
  LOG_FAULT_ANNOTATION,
  type LogFault,
  parseFault,
  PORT_FORWARD_FAULT_ANNOTATION,
  type PortForwardFault,
} from "./fault.ts";
import type { ApiResource } from "./objects/api_resource.ts";
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
  const logFault = parseFault<LogFault>(object, LOG_FAULT_ANNOTATION);
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
    logFault: logFault && new CountedFault(1, logFault),
    portForwardFault: portForwardFault &&
      new CountedFault(Infinity, portForwardFault),
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

/** Whether a container is to run beside the others, and is started before. */
export function isSidecar(spec: InitContainerSpec): boolean {
  return spec.restartPolicy === "Always";
}

export function isInitContainer(
  { object: { spec } }: PodRecord,
  container: string,
): boolean {
  return (spec.initContainers ?? []).some(({ name }) => name === container);
}

export function isEphemeralContainer(
  { object: { spec } }: PodRecord,
  container: string,
): boolean {
  return (spec.ephemeralContainers ?? [])
    .some(({ name }) => name === container);
}

/** Whether the containers behind it start only once this one has ended. */
export function isInitStep(record: PodRecord, spec: ContainerSpec): boolean {
  return isInitContainer(record, spec.name) && !isSidecar(spec);
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
  const added = ephemeralContainers.map(({ name }) => name);
  const known = [...names, ...initNames, ...added];
  if (known.includes(wanted)) return wanted;
  throw badRequest(`container ${wanted} is not valid for pod ${name}`);
}
