import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import type { PodRecord } from "../api_server/pod_record.ts";
import type { ControlledCluster } from "./controller.ts";

/** The annotation and the label of a pod of an Indexed Job. */
export const COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index";

/** Milliseconds until a failed pod is replaced; doubled for each failure. */
const FIRST_BACKOFF = 100;
const LONGEST_BACKOFF = 10_000;

/** What became of a Job's pods; it stays true when they are deleted. */
export class JobProgress {
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

  /** Counts the pods that have ended, or are gone, since the last time. */
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
    const index = pod.object.metadata.annotations?.[COMPLETION_INDEX];
    if (index !== undefined) this.indexes.add(Number(index));
  }

  #fail(): void {
    const delay = FIRST_BACKOFF * 2 ** this.failed++;
    this.retryAt = Date.now() + Math.min(delay, LONGEST_BACKOFF);
  }
}

const progresses = new WeakMap<ObjectRecord, JobProgress>();

/** The progress of a Job, as long as that is stored. */
export function progressOf(record: ObjectRecord): JobProgress {
  let progress = progresses.get(record);
  if (progress === undefined) {
    progresses.set(record, progress = new JobProgress());
  }
  return progress;
}
