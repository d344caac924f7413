import type { JobSpec } from "../../client/kubernetes/mod.ts";
import type { Job } from "../../client/resources.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import type { PodRecord } from "../api_server/pod_record.ts";
import { claimPods } from "./adoption.ts";
import {
  type ControlledCluster,
  type Controller,
  objectOf,
} from "./controller.ts";
import {
  COMPLETION_INDEX,
  type JobProgress,
  progressOf,
} from "./job_progress.ts";
import {
  isFinal,
  isFinished,
  type JobEnding,
  setJobStatus,
} from "./job_status.ts";
import { isActive } from "./pod_health.ts";
import { isComplete, podFrom, type PodTemplate } from "./workload.ts";

/** Runs pods until as many have succeeded as wanted. */
export const jobController: Controller = {
  kind: "Job",
  reconcile(record, cluster): void {
    if (!isComplete(record)) return;
    const progress = progressOf(record);
    progress.count(claimPods(record, cluster));
    const ending = isFinished(record)
      ? null
      : endingOf(record, progress, cluster);
    if (ending !== null) {
      const active = cluster.pods(record).filter(isActive);
      if (ending.type === "Failed") progress.failed += active.length;
      for (const pod of active) progress.dismiss(pod, cluster);
    } else if (!isFinished(record)) run(record, progress, cluster);
    setJobStatus(record, progress, ending, cluster);
    if (isFinished(record)) removeInTime(record, cluster);
  },
};

/** Null while pods have to run. */
function endingOf(
  record: ObjectRecord,
  progress: JobProgress,
  cluster: ControlledCluster,
): JobEnding | null {
  const { backoffLimit = 6, activeDeadlineSeconds } = specOf(record);
  const restarts = cluster.pods(record).filter(isActive).map(restartsOf)
    .reduce((sum, count) => sum + count, 0);
  // A pod with OnFailure is restarted instead of replaced.
  const tooOften = restarts > 0 && restarts >= backoffLimit;
  if (progress.failed > backoffLimit || tooOften) {
    return {
      type: "Failed",
      reason: "BackoffLimitExceeded",
      message: "Job has reached the specified backoff limit",
    };
  }
  if (isDone(record, progress, cluster)) {
    return {
      type: "Complete",
      reason: "CompletionsReached",
      message: "Reached expected number of succeeded pods",
    };
  }
  if (activeDeadlineSeconds === undefined || progress.started === 0) {
    return null;
  }
  const left = progress.started + activeDeadlineSeconds * 1000 - Date.now();
  if (left > 0) {
    cluster.reconcileAfter(left, record);
    return null;
  }
  return {
    type: "Failed",
    reason: "DeadlineExceeded",
    message: "Job was active longer than specified deadline",
  };
}

/** Without `completions`, one success is enough once no pod is active. */
function isDone(
  record: ObjectRecord,
  { succeeded, indexes }: JobProgress,
  cluster: ControlledCluster,
): boolean {
  const { completions, completionMode } = specOf(record);
  if (completions !== undefined) {
    const done = completionMode === "Indexed" ? indexes.size : succeeded;
    return done >= completions;
  }
  return succeeded > 0 && cluster.pods(record).filter(isActive).length === 0;
}

/** Creates the pods that may run now, and deletes those that may not. */
function run(
  record: ObjectRecord,
  progress: JobProgress,
  cluster: ControlledCluster,
): void {
  const { parallelism = 1, completions, completionMode, suspend } = specOf(
    record,
  );
  const active = cluster.pods(record).filter(isActive);
  if (suspend) {
    progress.started = 0;
    for (const pod of active) progress.dismiss(pod, cluster);
    return;
  }
  if (progress.started === 0) {
    progress.started = Date.now();
    const { activeDeadlineSeconds } = specOf(record);
    if (activeDeadlineSeconds !== undefined) {
      cluster.reconcileAfter(activeDeadlineSeconds * 1000, record);
    }
  }
  const left = completions === undefined
    ? progress.succeeded > 0 ? active.length : Infinity
    : completions - progress.succeeded;
  const wanted = Math.min(parallelism, left);
  for (const pod of active.slice(wanted)) progress.dismiss(pod, cluster);
  const missing = wanted - active.length;
  if (missing <= 0) return;
  const wait = progress.retryAt - Date.now();
  if (wait > 0) return cluster.reconcileAfter(wait, record);
  const indexes = completionMode === "Indexed"
    ? freeIndexes(completions ?? 0, progress, active)
    : Array<null>(missing).fill(null);
  for (const index of indexes.slice(0, missing)) {
    createPod(record, index, cluster);
  }
}

function freeIndexes(
  completions: number,
  { indexes }: JobProgress,
  active: readonly PodRecord[],
): number[] {
  const used = new Set(
    active.map(({ object }) =>
      Number(object.metadata.annotations?.[COMPLETION_INDEX])
    ),
  );
  return Array.from({ length: completions }, (_, index) => index)
    .filter((index) => !indexes.has(index) && !used.has(index));
}

function createPod(
  record: ObjectRecord,
  index: number | null,
  cluster: ControlledCluster,
): void {
  const { metadata } = objectOf<Job>(record);
  const template = specOf(record).template as PodTemplate;
  if (index === null) {
    const generateName = `${metadata.name}-`;
    cluster.create(record, "Pod", podFrom(template, { generateName }));
    return;
  }
  const { metadata: own = {}, spec } = template;
  const annotations = { ...own.annotations, [COMPLETION_INDEX]: String(index) };
  const hostname = `${metadata.name}-${index}`;
  const variable = { name: "JOB_COMPLETION_INDEX", value: String(index) };
  const containers = spec.containers.map((it) => ({
    ...it,
    env: [...it.env ?? [], variable],
  }));
  const pod = podFrom(
    {
      metadata: { ...own, annotations },
      spec: { ...spec, hostname, containers },
    },
    { generateName: `${hostname}-` },
    { [COMPLETION_INDEX]: String(index) },
  );
  cluster.create(record, "Pod", pod);
}

/** Deletes a Job some time after its end, if it asks for that. */
function removeInTime(record: ObjectRecord, cluster: ControlledCluster): void {
  const { ttlSecondsAfterFinished } = specOf(record);
  if (ttlSecondsAfterFinished === undefined) return;
  const { status } = objectOf<Job>(record);
  const ended = status?.conditions?.find(isFinal)?.lastTransitionTime ?? "";
  const left = Date.parse(ended) + ttlSecondsAfterFinished * 1000 - Date.now();
  if (left > 0) cluster.reconcileAfter(left, record);
  else cluster.delete(record);
}

function restartsOf({ object }: PodRecord): number {
  return (object.status.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function specOf(record: ObjectRecord): JobSpec {
  return objectOf<Job>(record).spec;
}
