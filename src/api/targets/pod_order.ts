import type { Pod } from "../../client/kubernetes/core_v1.ts";

/**
 * What the pod of a target is chosen for: a session (exec, attach,
 * port-forward) or its log.
 */
export type Purpose = "session" | "log";

/** Negative if `a` comes first. */
type Order = (a: Pod, b: Pod) => number;

/**
 * Sorts pods as kubectl does, the one that it would take first: for a session
 * client-go's `ActivePods` in reverse, for a log its `ByLogging`
 * (`k8s.io/kubectl/pkg/util/podutils`).
 */
export function sortPods<P extends Pod>(
  pods: readonly P[],
  purpose: Purpose,
): P[] {
  const isLog = purpose === "log";
  const orders: Order[] = [
    by((pod) => pod.spec?.nodeName ? 0 : 1),
    by((pod) => phaseRank(pod, isLog)),
    by((pod) => isReady(pod) ? 0 : 1),
    by((pod) => isReady(pod) ? timeOf(readyCondition(pod)) : 0),
    by((pod) => isLog ? -restarts(pod) : restarts(pod)),
    by(({ metadata }) => secondsOf(metadata?.creationTimestamp)),
  ];
  return [...pods].sort((a, b) => {
    for (const order of orders) {
      const difference = order(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function by(key: (pod: Pod) => number): Order {
  return (a, b) => {
    const [left, right] = [key(a), key(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}

/**
 * In both of kubectl's tables the phases that they leave out have rank 0: a
 * completed pod comes last for a session, and first for a log.
 */
function phaseRank({ status }: Pod, isLog: boolean): number {
  switch (status?.phase) {
    case "Running":
      return 0;
    case "Unknown":
      return 1;
    case "Pending":
      return 2;
    default:
      return isLog ? 0 : 2;
  }
}

function readyCondition({ status }: Pod) {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === "True";
}

/** Older first; a time that is missing counts as the newest. */
function timeOf(condition: ReturnType<typeof readyCondition>): number {
  return secondsOf(condition?.lastTransitionTime);
}

function secondsOf(time: string | undefined): number {
  const epoch = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(epoch) ? Infinity : epoch;
}

function restarts({ status }: Pod): number {
  const counts = status?.containerStatuses?.map((it) => it.restartCount ?? 0);
  return Math.max(0, ...counts ?? []);
}
