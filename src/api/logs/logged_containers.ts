import type { ContainerStatus, Pod } from "../../client/kubernetes/core_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { ApiError } from "../../errors.ts";
import {
  allContainers,
  containerLabels,
} from "../targets/default_container.ts";
import { fieldsOf, joined, partsOf } from "../watch/predicates/predicate.ts";
import { CANNOT_START } from "../watch/predicates/pod_state.ts";

/** A container of a pod that has a log. */
export interface LoggedContainer {
  /** The pod's name. */
  readonly pod: string;
  /** The container's name. */
  readonly container: string;
}

/**
 * Which containers of a pod: one by its name, those whose name matches an
 * expression, or for which a function returns true.
 */
export type ContainerFilter =
  | string
  | RegExp
  | ((container: string, pod: Stored<Pod>) => boolean);

/**
 * The containers of a pod that are wanted, init and ephemeral ones included, in
 * the order in which they run. One that is named is among them even if the pod
 * does not have it.
 */
export function wantedContainers(
  pod: Stored<Pod>,
  wanted: ContainerFilter | undefined,
): LoggedContainer[] {
  const names = typeof wanted === "string"
    ? [wanted]
    : namesIn(pod).filter((name) => isWanted(name, pod, wanted));
  return names.map((name) => ({ pod: pod.metadata.name, container: name }));
}

/** The names of a pod's containers; a server may leave out spec or status. */
function namesIn(pod: Pod): string[] {
  const specified = partsOf(allContainers(pod)).map(({ name }) => name);
  return [
    ...new Set([...specified, ...statusesOf(pod).map(({ name }) => name)]),
  ];
}

/** Why a pod does not have a container, in words; null if it has it. */
export function missingContainer(pod: Pod, name: string): string | null {
  const names = namesIn(pod);
  if (names.length === 0 || names.includes(name)) return null;
  const labels = containerLabels(pod);
  const others = (labels.length > 0 ? labels : names).join(", ");
  return `the pod has no container "${name}"; it has ${others}`;
}

/** The status of a container; undefined before the kubelet has written one. */
export function statusOf(
  pod: Pick<Pod, "status">,
  name: string,
): ContainerStatus | undefined {
  return statusesOf(pod).find((status) => status.name === name);
}

/**
 * Whether a container has a log: it has started once, also if it waits for its
 * next run.
 */
export function hasStarted(pod: Pod, name: string): boolean {
  const { state, lastState } = fieldsOf(statusOf(pod, name));
  return Boolean(state?.running ?? state?.terminated ?? lastState?.terminated);
}

/** Whether a container has run before its current run. */
export function hasPrevious(pod: Pod, name: string): boolean {
  return fieldsOf(statusOf(pod, name)).lastState?.terminated !== undefined;
}

/** What a container that has not started waits for, in words. */
export function waitingFor(pod: Pod, name: string): string {
  const { reason, message } = fieldsOf(statusOf(pod, name)?.state?.waiting);
  const unscheduled = partsOf(fieldsOf(pod.status).conditions).find((it) =>
    it.type === "PodScheduled" && it.status === "False"
  );
  const words = joined(": ", reason, message) ||
    joined(": ", unscheduled?.reason, unscheduled?.message);
  const state = words || `the pod is ${pod.status?.phase ?? "Pending"}`;
  return `container "${name}" is waiting to start: ${state}`;
}

/** Whether a log was refused because its container waits to start. */
export function isWaiting(error: unknown): boolean {
  return error instanceof ApiError && error.httpStatus === 400 &&
    /is waiting to start|ContainerCreating|PodInitializing/
      .test(error.apiStatus?.message ?? "");
}

/** Whether a container waits for what does not come without a change. */
export function cannotStart(pod: Pod, name: string): boolean {
  const { reason } = fieldsOf(statusOf(pod, name)?.state?.waiting);
  return reason !== undefined && CANNOT_START.includes(reason);
}

function statusesOf({ status }: Pick<Pod, "status">): ContainerStatus[] {
  const {
    initContainerStatuses,
    containerStatuses,
    ephemeralContainerStatuses,
  } = fieldsOf(status);
  return [
    ...partsOf(initContainerStatuses),
    ...partsOf(containerStatuses),
    ...partsOf(ephemeralContainerStatuses),
  ];
}

function isWanted(
  name: string,
  pod: Stored<Pod>,
  wanted: Exclude<ContainerFilter, string> | undefined,
): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === "function") {
    const answer: unknown = wanted(name, pod);
    if (typeof answer === "boolean") return answer;
    // A promise would be true, whatever it resolves to.
    throw new TypeError(
      "Cannot choose containers: the function returned neither true nor false",
    );
  }
  // Unlike `test`, it ignores the state of a global expression.
  return name.search(wanted) >= 0;
}
