import type * as batch from "../kubernetes/batch_v1.ts";
import type { Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

/** Runs pods until they have done their work. */
export type Job = batch.Job;

/** The resource of {@linkcode Job} objects. */
export const Job: Resource<Job> & Namespaced = defineResource<Job>({
  group: "batch",
  version: "v1",
  kind: "Job",
  plural: "jobs",
});

/** Makes jobs by the clock. */
export type CronJob = batch.CronJob;

/** The resource of {@linkcode CronJob} objects. */
export const CronJob: Resource<CronJob> & Namespaced = defineResource<CronJob>({
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
});
