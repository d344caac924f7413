import type {
  ContainerStatus,
  PodStatus,
} from "../../../client/kubernetes/mod.ts";
import type { Pod } from "../../../client/resources.ts";
import {
  checkKind,
  DONE,
  fieldsOf,
  impossible,
  joined,
  partsOf,
  pending,
  predicateOf,
  type WaitPredicate,
  type WaitState,
} from "./predicate.ts";

/**
 * Whether the pod is running and all its containers are ready, for
 * `pods.waitFor(name, isRunning)`. A pod that has ended, or whose image cannot be
 * had, fails the wait at once.
 */
export const isRunning: WaitPredicate<
  Pod,
  { readonly status: { readonly phase: "Running" } }
> = predicateOf(
  "isRunning",
  (pod) => {
    checkKind(pod, "Pod", "running");
    const { phase, containerStatuses } = fieldsOf(pod.status);
    const statuses = partsOf(containerStatuses);
    const isComplete = phase === "Running" &&
      statuses.length >= partsOf(fieldsOf(pod.spec).containers).length &&
      statuses.every((container) => container.ready);
    if (isComplete) return DONE;
    return podFailure(pod) ?? pending(podMessage(pod));
  },
);

/**
 * Why a container that waits cannot start without a change from outside: the
 * kubelet goes on trying, but its last try says so. `CrashLoopBackOff` is not
 * among them: the next run may get further.
 */
export const CANNOT_START: readonly string[] = [
  "CreateContainerConfigError",
  "ErrImageNeverPull",
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
];

/** Whether all containers of the pod have ended for good. */
export function hasEnded({ status }: Pick<Pod, "status">): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** Why the pod can never run; null while it can. */
export function podFailure(pod: Pod): WaitState | null {
  const status = fieldsOf(pod.status);
  const { phase, reason, message } = status;
  if (phase === "Succeeded") {
    return impossible("Succeeded", "the pod has succeeded");
  }
  if (phase === "Failed") {
    const why = joined("; ", message, ...endsOf(status));
    const state = joined(": ", "the pod has failed", why);
    return impossible(joined("", reason) || "Failed", state);
  }
  for (const { name, state } of statusesOf(status)) {
    const { reason, message } = fieldsOf(fieldsOf(state).waiting);
    if (reason === undefined || !CANNOT_START.includes(reason)) continue;
    return impossible(reason, joined(": ", nameOf(name), reason, message));
  }
  return null;
}

/** The state of a pod that is not ready, in words. */
export function podMessage(pod: Pod): string {
  const status = fieldsOf(pod.status);
  const { phase = "Pending", conditions } = status;
  const waiting = statusesOf(status).filter(({ ready }) => !ready)
    .map(({ name, state }) => {
      const { waiting, terminated } = fieldsOf(state);
      const { reason, message } = fieldsOf(waiting ?? terminated);
      const why = joined(": ", reason, message) || "not ready";
      return joined(": ", nameOf(name), why);
    });
  const unscheduled = partsOf(conditions).find((it) =>
    it.type === "PodScheduled" && it.status === "False"
  );
  const { reason, message } = fieldsOf(unscheduled);
  const state = joined(": ", `the pod is ${phase}`, reason, message);
  return [state, ...waiting].join("; ");
}

/** How the containers that failed have ended. */
function endsOf(status: Partial<PodStatus>): string[] {
  return statusesOf(status).flatMap(({ name, state }) => {
    const { exitCode, reason, message } = fieldsOf(fieldsOf(state).terminated);
    if (!exitCode) return [];
    const why = joined(": ", reason, message);
    const code = `exit code ${exitCode}${why && ` (${why})`}`;
    return [joined(": ", nameOf(name), code)];
  });
}

function nameOf(container: string): string {
  return `container ${JSON.stringify(container)}`;
}

function statusesOf(status: Partial<PodStatus>): ContainerStatus[] {
  const { initContainerStatuses, containerStatuses } = status;
  return [...partsOf(initContainerStatuses), ...partsOf(containerStatuses)];
}
