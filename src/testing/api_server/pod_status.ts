// The status that the kubelet reports of a pod and of its containers.
import type { ContainerSpec, ProcessOutcome } from "../containers/container.ts";
import { timestamp } from "./objects/stored_object.ts";
import {
  type ContainerState,
  type ContainerStatus,
  isEphemeralContainer,
  isInitStep,
  type PodCondition,
  type PodRecord,
  type PodSpec,
  type PodStatus,
  statusOf,
} from "./pod_record.ts";

/** Of a pod that has got its node, and whose containers wait. */
export function scheduledStatus(
  { initContainers = [], containers }: PodSpec,
): PodStatus {
  const hasInit = initContainers.length > 0;
  const waiting = (spec: ContainerSpec): ContainerStatus =>
    initialStatus(spec, hasInit ? "PodInitializing" : "ContainerCreating");
  const condition = (
    type: PodCondition["type"],
    status: PodCondition["status"],
  ): PodCondition => ({ type, status, lastTransitionTime: timestamp() });
  return {
    phase: "Pending",
    startTime: timestamp(),
    hostIP: "127.0.0.1",
    conditions: [
      condition("PodScheduled", "True"),
      condition("Initialized", hasInit ? "False" : "True"),
      condition("ContainersReady", "False"),
      condition("Ready", "False"),
    ],
    ...(hasInit ? { initContainerStatuses: initContainers.map(waiting) } : {}),
    containerStatuses: containers.map(waiting),
  };
}

/** Of a container that waits. */
export function initialStatus(
  spec: ContainerSpec,
  reason: string,
): ContainerStatus {
  return {
    name: spec.name,
    ready: false,
    started: false,
    restartCount: 0,
    image: (spec as { image?: string }).image ?? "",
    imageID: "",
    state: { waiting: { reason } },
    lastState: {},
  };
}

/** A container has started, perhaps again. */
export function setRunning(record: PodRecord, spec: ContainerSpec): void {
  const status = statusOf(record, spec.name)!;
  const { terminated } = status.state;
  if (terminated !== undefined) status.lastState = { terminated };
  const isEphemeral = isEphemeralContainer(record, spec.name);
  status.ready = !isEphemeral && !isInitStep(record, spec);
  status.started = !isEphemeral;
  status.containerID = `podwire://${crypto.randomUUID()}`;
  status.state = { running: { startedAt: timestamp() } };
}

/**
 * A container has ended.
 *
 * @returns Whether it has succeeded.
 */
export function setTerminated(
  record: PodRecord,
  spec: ContainerSpec,
  end: ProcessOutcome,
): boolean {
  const status = statusOf(record, spec.name)!;
  const terminated = terminatedState(status, end);
  const succeeded = terminated.exitCode === 0;
  status.ready = succeeded && isInitStep(record, spec);
  status.started = false;
  status.state = { terminated };
  return succeeded;
}

/** As the kubelet reports it; 128 and `StartError` for one that cannot start. */
function terminatedState(
  { state, containerID = "" }: ContainerStatus,
  end: ProcessOutcome,
): NonNullable<ContainerState["terminated"]> {
  const times = {
    startedAt: state.running?.startedAt ?? timestamp(),
    finishedAt: timestamp(),
    containerID,
  };
  if ("failure" in end) {
    const { failure: message } = end;
    return { exitCode: 128, reason: "StartError", message, ...times };
  }
  const { exitCode } = end;
  const reason = exitCode === 0 ? "Completed" : "Error";
  return { exitCode, reason, ...times };
}

/** A pod is ready while all its containers are. */
export function setReadiness(record: PodRecord): void {
  const { status } = record.object;
  const { initContainerStatuses = [], containerStatuses = [] } = status;
  const isReady = status.phase === "Running" &&
    [...initContainerStatuses, ...containerStatuses].every((it) => it.ready);
  if (!isReady) record.readySince = null;
  else record.readySince ??= Date.now();
  setCondition(record, "ContainersReady", isReady ? "True" : "False");
  setCondition(record, "Ready", isReady ? "True" : "False");
}

/** Sets a condition, and when it changed. */
export function setCondition(
  { object: { status } }: PodRecord,
  type: PodCondition["type"],
  value: PodCondition["status"],
): void {
  const condition = status.conditions?.find((it) => it.type === type);
  if (condition === undefined || condition.status === value) return;
  condition.status = value;
  condition.lastTransitionTime = timestamp();
}
