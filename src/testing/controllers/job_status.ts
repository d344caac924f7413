import type { JobCondition } from "../../client/kubernetes/mod.ts";
import type { Job } from "../../client/resources.ts";
import {
  type ObjectRecord,
  timestamp,
} from "../api_server/objects/stored_object.ts";
import { type ControlledCluster, objectOf } from "./controller.ts";
import type { JobProgress } from "./job_progress.ts";
import { isActive, isPodReady } from "./pod_health.ts";

/** How a Job ends. */
export interface JobEnding {
  readonly type: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

/** Sets the status of a Job; `ending` is what ends it now, if anything. */
export function setJobStatus(
  record: ObjectRecord,
  progress: JobProgress,
  ending: JobEnding | null,
  cluster: ControlledCluster,
): void {
  const { spec, status = {} } = objectOf<Job>(record);
  const { suspend, completionMode } = spec;
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
  ending: JobEnding | null,
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

/** Whether a Job has completed or failed. */
export function isFinished(record: ObjectRecord): boolean {
  return objectOf<Job>(record).status?.conditions?.some(isFinal) ?? false;
}

/** Whether a condition says that. */
export function isFinal({ type, status }: JobCondition): boolean {
  return (type === "Complete" || type === "Failed") && status === "True";
}
