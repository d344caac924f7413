// The status that the kubelet reports of a pod and of its containers.
import type { ContainerSpec, ProcessOutcome } from "../containers/container.ts";
import { timestamp } from "./objects/stored_object.ts";
import type {
  ContainerState,
  ContainerStatus,
  PodCondition,
  PodRecord,
} from "./pod_record.ts";

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

/** As the kubelet reports it; 128 and `StartError` for one that cannot start. */
export function terminatedState(
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
