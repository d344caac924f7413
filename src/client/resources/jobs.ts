import type { Condition, KubeObject, ObjectMeta } from "../kube_object.ts";
import { defineResource, type Resource } from "../resource.ts";
import type { PodTemplate } from "./pod.ts";

/** Runs pods until they have done their work. */
export interface Job extends KubeObject {
  /** What is wanted. */
  spec: JobSpec;
  /** What is, as the server last saw it. */
  status?: {
    active?: number;
    succeeded?: number;
    failed?: number;
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
  };
}

/** The resource of {@linkcode Job} objects. */
export const Job: Resource<Job> = defineResource<Job>({
  group: "batch",
  version: "v1",
  kind: "Job",
  plural: "jobs",
});

/** What a job is to run. */
export interface JobSpec {
  /** The pods that do the work. */
  template: PodTemplate;
  /** The most pods at a time; 1 unless said. */
  parallelism?: number;
  /** How many pods must succeed; 1 unless said. */
  completions?: number;
  /** How many failures are too many; 6 unless said. */
  backoffLimit?: number;
  /** Seconds after which the job has failed. */
  activeDeadlineSeconds?: number;
  /** Seconds to keep the finished job. */
  ttlSecondsAfterFinished?: number;
  /** Whether no pod is to run for now. */
  suspend?: boolean;
}

/** Makes jobs by the clock. */
export interface CronJob extends KubeObject {
  /** What is wanted. */
  spec: {
    /** As in crontab(5). */
    schedule: string;
    jobTemplate: { metadata?: ObjectMeta; spec: JobSpec };
    timeZone?: string;
    suspend?: boolean;
    /** `"Allow"` (the default), `"Forbid"` or `"Replace"`. */
    concurrencyPolicy?: string;
    successfulJobsHistoryLimit?: number;
    failedJobsHistoryLimit?: number;
  };
  /** What is, as the server last saw it. */
  status?: { lastScheduleTime?: string; lastSuccessfulTime?: string };
}

/** The resource of {@linkcode CronJob} objects. */
export const CronJob: Resource<CronJob> = defineResource<CronJob>({
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
});
