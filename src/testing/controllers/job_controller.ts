import type { JobCondition, JobSpec } from "../../client/kubernetes/mod.ts";
import type { Job } from "../../client/resources.ts";
import {
  type ObjectRecord,
  timestamp,
} from "../api_server/objects/stored_object.ts";
import type { PodRecord } from "../api_server/pod_record.ts";
import { claimPods } from "./adoption.ts";
import {
  type ControlledCluster,
  type Controller,
  objectOf,
} from "./controller.ts";
import { isActive, isPodReady } from "./pod_health.ts";
import { isComplete, podFrom, type PodTemplate } from "./workload.ts";

/** Milliseconds until a failed pod is replaced; doubled for each failure. */
const FIRST_BACKOFF = 100;
const LONGEST_BACKOFF = 10_000;

const INDEX = "batch.kubernetes.io/job-completion-index";

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
      for (const pod of cluster.pods(record).filter(isActive)) {
        progress.dismiss(pod, cluster);
      }
    } else if (!isFinished(record)) run(record, progress, cluster);
    setStatus(record, progress, ending, cluster);
    if (isFinished(record)) removeInTime(record, cluster);
  },
};

/** What became of a Job's pods; it stays true when they are deleted. */
class JobProgress {
  failed = 0;
  succeeded = 0;
  /** The completion indexes that succeeded. */
  readonly indexes = new Set<number>();
  /** Before this time no pod is created. */
  retryAt = 0;
  /** When it was started or resumed; 0 before. */
  started = 0;
  #running = new Set<PodRecord>();
  readonly #counted = new WeakSet<PodRecord>();

  /** A pod that this controller deletes has not failed. */
  dismiss(pod: PodRecord, cluster: ControlledCluster): void {
    this.#counted.add(pod);
    cluster.delete(pod);
  }

  count(pods: readonly PodRecord[]): void {
    const gone = [...this.#running].filter((pod) => !pods.includes(pod));
    for (const pod of [...gone, ...pods]) {
      if (this.#counted.has(pod)) continue;
      const { phase } = pod.object.status;
      const isGone = !pods.includes(pod);
      if (phase === "Succeeded") this.#succeed(pod);
      else if (phase === "Failed" || isGone) this.#fail();
      else continue;
      this.#counted.add(pod);
    }
    this.#running = new Set(pods.filter((pod) => !this.#counted.has(pod)));
  }

  #succeed(pod: PodRecord): void {
    this.succeeded++;
    const index = pod.object.metadata.annotations?.[INDEX];
    if (index !== undefined) this.indexes.add(Number(index));
  }

  #fail(): void {
    const delay = FIRST_BACKOFF * 2 ** this.failed++;
    this.retryAt = Date.now() + Math.min(delay, LONGEST_BACKOFF);
  }
}

const progresses = new WeakMap<ObjectRecord, JobProgress>();

function progressOf(record: ObjectRecord): JobProgress {
  let progress = progresses.get(record);
  if (progress === undefined) {
    progresses.set(record, progress = new JobProgress());
  }
  return progress;
}

interface Ending {
  readonly type: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** Null while pods have to run. */
function endingOf(
  record: ObjectRecord,
  progress: JobProgress,
  cluster: ControlledCluster,
): Ending | null {
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
    active.map(({ object }) => Number(object.metadata.annotations?.[INDEX])),
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
  const annotations = { ...own.annotations, [INDEX]: String(index) };
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
    { [INDEX]: String(index) },
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

function setStatus(
  record: ObjectRecord,
  progress: JobProgress,
  ending: Ending | null,
  cluster: ControlledCluster,
): void {
  const { status = {} } = objectOf<Job>(record);
  const { suspend, completionMode } = specOf(record);
  const pods = cluster.pods(record);
  const active = pods.filter(isActive);
  const terminating = pods.filter(({ object }) =>
    object.metadata.deletionTimestamp !== undefined
  );
  const suspended = suspend === true && !isFinished(record) && ending === null;
  cluster.setStatus(record, {
    ...status,
    startTime: suspended ? undefined : status.startTime ?? timestamp(),
    active: active.length || undefined,
    ready: active.filter(isPodReady).length,
    terminating: terminating.length,
    succeeded: progress.succeeded || undefined,
    failed: progress.failed || undefined,
    uncountedTerminatedPods: {},
    ...(completionMode === "Indexed"
      ? { completedIndexes: ranges([...progress.indexes]) }
      : {}),
    ...(ending?.type === "Complete" ? { completionTime: timestamp() } : {}),
    conditions: withEnding(
      withSuspended(status.conditions, suspended),
      ending,
    ),
  });
}

function withEnding(
  conditions: JobCondition[] | undefined,
  ending: Ending | null,
): JobCondition[] | undefined {
  if (ending === null) return conditions;
  const now = timestamp();
  const { type, reason, message } = ending;
  const decided = type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget";
  return [
    ...conditions ?? [],
    ...[decided, type].map((type) => ({
      type,
      status: "True",
      lastProbeTime: now,
      lastTransitionTime: now,
      reason,
      message,
    })),
  ];
}

function withSuspended(
  conditions: readonly JobCondition[] | undefined,
  suspended: boolean,
): JobCondition[] | undefined {
  const before = conditions?.find(({ type }) => type === "Suspended");
  const isSuspended = before?.status === "True";
  if (suspended === isSuspended) return conditions && [...conditions];
  const now = timestamp();
  const others = conditions?.filter((condition) => condition !== before) ?? [];
  return [...others, {
    type: "Suspended",
    status: suspended ? "True" : "False",
    lastProbeTime: now,
    lastTransitionTime: now,
    reason: suspended ? "JobSuspended" : "JobResumed",
    message: suspended ? "Job suspended" : "Job resumed",
  }];
}

/** `0-2,5`, as `completedIndexes`. */
function ranges(indexes: readonly number[]): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: [number, number][] = [];
  for (const index of sorted) {
    const last = parts.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else parts.push([index, index]);
  }
  return parts.map(([a, b]) => a === b ? `${a}` : `${a}-${b}`).join(",");
}

function isFinished(record: ObjectRecord): boolean {
  return objectOf<Job>(record).status?.conditions?.some(isFinal) ?? false;
}

function isFinal({ type, status }: JobCondition): boolean {
  return (type === "Complete" || type === "Failed") && status === "True";
}

function restartsOf({ object }: PodRecord): number {
  return (object.status.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function specOf(record: ObjectRecord): JobSpec {
  return objectOf<Job>(record).spec;
}
