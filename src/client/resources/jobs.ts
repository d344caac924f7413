import type { Condition, KubeObject, ObjectMeta } from "../kube_object.ts";
import { defineResource, type Resource } from "../resource.ts";
import type { PodTemplate } from "./pod.ts";

/** Runs pods until they have done their work. */
export interface Job extends KubeObject {
  spec: JobSpec;
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
  template: PodTemplate;
  parallelism?: number;
  completions?: number;
  backoffLimit?: number;
  activeDeadlineSeconds?: number;
  ttlSecondsAfterFinished?: number;
  suspend?: boolean;
}

/** Makes jobs by the clock. */
export interface CronJob extends KubeObject {
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
  status?: { lastScheduleTime?: string; lastSuccessfulTime?: string };
}

/** The resource of {@linkcode CronJob} objects. */
export const CronJob: Resource<CronJob> = defineResource<CronJob>({
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
});
