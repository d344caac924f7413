import type {
  ContainerStatus,
  PodStatus,
} from "../../../client/kubernetes/mod.ts";
import type { Pod } from "../../../client/resources.ts";
import {
  DONE,
  impossible,
  pending,
  predicateOf,
  type WaitPredicate,
  type WaitState,
} from "./predicate.ts";

interface Running {
  readonly status: { readonly phase: "Running" };
}

/**
 * Whether the pod is running and all its containers are ready, for
 * `pods.waitFor(name, isRunning)`. A pod that has ended, or whose image cannot be
 * had, fails the wait at once.
 */
export const isRunning: WaitPredicate<Pod, Running> = predicateOf<Pod, Running>(
  "isRunning",
  (pod) => {
    const { phase, containerStatuses = [] } = pod.status ?? {};
    const isComplete = phase === "Running" &&
      containerStatuses.length >= (pod.spec?.containers?.length ?? 0) &&
      containerStatuses.every((container) => container.ready);
    if (isComplete) return DONE;
    return podFailure(pod) ?? pending(podMessage(pod));
  },
);

/**
 * Why a container that waits cannot start without a change from outside: the
 * kubelet goes on trying, but its last try says so. `CrashLoopBackOff` is not
 * among them: the next run may get further.
 */
const FINAL_REASONS = [
  "CreateContainerConfigError",
  "ErrImageNeverPull",
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
];

/** Why the pod can never run; null while it can. */
export function podFailure({ status = {} }: Pod): WaitState | null {
  const { phase, reason, message } = status;
  if (phase === "Succeeded") {
    return impossible("Succeeded", "the pod has succeeded");
  }
  if (phase === "Failed") {
    const why = [message, ...endsOf(status)].filter(Boolean).join("; ");
    return impossible(reason ?? "Failed", `the pod has failed${prefixed(why)}`);
  }
  for (const { name, state } of statusesOf(status)) {
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (!FINAL_REASONS.includes(reason)) continue;
    return impossible(
      reason,
      `container ${JSON.stringify(name)}: ${reason}${prefixed(message)}`,
    );
  }
  return null;
}

/** The state of a pod that is not ready, in words. */
export function podMessage({ status = {} }: Pod): string {
  const { phase = "Pending", conditions = [] } = status;
  const waiting = statusesOf(status).filter(({ ready }) => !ready)
    .map(({ name, state }) => {
      const { reason, message } = state?.waiting ?? state?.terminated ?? {};
      const why = [reason, message].filter(Boolean).join(": ");
      return `container ${JSON.stringify(name)}${prefixed(why || "not ready")}`;
    });
  const unscheduled = conditions.find((it) =>
    it.type === "PodScheduled" && it.status === "False"
  );
  const { reason, message } = unscheduled ?? {};
  const why = [reason, message].filter(Boolean).join(": ");
  return [`the pod is ${phase}${prefixed(why)}`, ...waiting].join("; ");
}

/** How the containers that failed have ended. */
function endsOf(status: PodStatus): string[] {
  return statusesOf(status).flatMap(({ name, state }) => {
    const { exitCode, reason, message } = state?.terminated ?? {};
    if (!exitCode) return [];
    const why = [reason, message].filter(Boolean).join(": ");
    return `container ${JSON.stringify(name)}: exit code ${exitCode}${
      why && ` (${why})`
    }`;
  });
}

function statusesOf(status: PodStatus): readonly ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [] } = status;
  return [...initContainerStatuses, ...containerStatuses];
}

function prefixed(text: string): string {
  return text && `: ${text}`;
}
