import type { PodRecord } from "../api_server/pod_record.ts";

/** Whether the pod runs or will: neither ended nor being deleted. */
export function isActive({ object: { metadata, status } }: PodRecord): boolean {
  return metadata.deletionTimestamp === undefined &&
    status.phase !== "Succeeded" && status.phase !== "Failed";
}

export function isPodReady({ object }: PodRecord): boolean {
  return readyCondition(object)?.status === "True";
}

/**
 * How long until a ready pod counts as available, in milliseconds; 0 for one
 * that is, and Infinity for one that is not ready.
 */
export function untilAvailable(pod: PodRecord, minReadySeconds = 0): number {
  if (!isPodReady(pod)) return Infinity;
  const since = pod.readySince ?? 0;
  return Math.max(0, since + minReadySeconds * 1000 - Date.now());
}

/** What a workload counts of its pods. */
export interface PodCounts {
  readonly ready: number;
  readonly available: number;
  /** Milliseconds until the next ready pod is available; Infinity for none. */
  readonly next: number;
}

export function countPods(
  pods: readonly PodRecord[],
  minReadySeconds = 0,
): PodCounts {
  let [ready, available, next] = [0, 0, Infinity];
  for (const pod of pods) {
    if (!isPodReady(pod)) continue;
    ready++;
    const wait = untilAvailable(pod, minReadySeconds);
    if (wait === 0) available++;
    else next = Math.min(next, wait);
  }
  return { ready, available, next };
}

/** Sorts the pods that a ReplicaSet deletes first to the front, as upstream. */
export function inDeletionOrder(pods: readonly PodRecord[]): PodRecord[] {
  const keys = new Map(
    pods.map((pod, index) => [pod, deletionKey(pod, index)]),
  );
  return [...pods].sort((a, b) => {
    const [left, right] = [keys.get(a)!, keys.get(b)!];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : left[at]! - right[at]!;
  });
}

const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/** The smaller, number by number, the sooner the pod is deleted. */
function deletionKey(pod: PodRecord, index: number): number[] {
  const { metadata, spec, status } = pod.object;
  const restarts = (status.containerStatuses ?? [])
    .map(({ restartCount }) => restartCount);
  return [
    spec.nodeName === undefined ? 0 : 1,
    status.phase === "Pending" ? 0 : 1,
    isPodReady(pod) ? 1 : 0,
    Number(metadata.annotations?.[DELETION_COST] ?? 0) || 0,
    // The one that has been ready for less time goes first.
    -(pod.readySince ?? 0),
    -Math.max(0, ...restarts),
    -Date.parse(metadata.creationTimestamp),
    -index,
  ];
}

function readyCondition({ status }: PodRecord["object"]) {
  return status.conditions?.find(({ type }) => type === "Ready");
}
