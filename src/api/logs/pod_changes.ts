import { onAbort } from "../../abortable.ts";
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { Job as JobObject } from "../../client/kubernetes/batch_v1.ts";
import type { Stored } from "../../client/kube_object.ts";
import { Job } from "../../client/resources.ts";
import { TargetNotFoundError } from "../../errors.ts";
import type { CallContext } from "../call.ts";
import {
  podContext,
  type TargetCall,
  targetSelector,
} from "../targets/resolve.ts";
import { Collection } from "../watch/collection.ts";
import { listAndWatch } from "../watch/list_and_watch.ts";
import { Backoff, type DelayRange } from "../../client/backoff.ts";
import { type Repetition, RetryPolicy, untilAnswered } from "../watch/retry.ts";
import { hasEnded } from "../watch/predicates/pod_state.ts";
import { waitFor } from "../watch/wait_for.ts";

/** Pods of a target that are new, or have changed. */
export interface PodChange {
  readonly pods: readonly Stored<Pod>[];
  /** Whether these are the pods that there are at first. */
  readonly isFirst: boolean;
  /** Whether these are all: any other has left the target. */
  readonly isAll: boolean;
  /** The pod, as it was last, that has left the target; it is no other's. */
  readonly left?: Stored<Pod>;
}

/** A target whose pods are followed. */
export interface FollowedPods extends TargetCall {
  readonly delays: DelayRange;
  /** Called with each failure that is survived. */
  readonly onRetry?: ((error: Error) => void) | undefined;
}

/**
 * The pods of a target: first those there are, then each one that changes or
 * comes later. They end when no change can come that starts a container: of one
 * pod, when it is deleted or its containers have ended for good; of a Job, when
 * that is finished or deleted; of any other target, never.
 *
 * @throws {TargetNotFoundError} There is no pod of that name.
 */
export async function* podChanges(
  followed: FollowedPods,
): AsyncGenerator<PodChange, void> {
  const { target, namespace, signal, delays, onRetry } = followed;
  const { retryLimit } = followed.context.client;
  const policy = new RetryPolicy(retryLimit);
  const backoff = new Backoff(delays);
  const repetition: Repetition = { policy, backoff, signal, onRetry };
  // The requests are repeated here, and each failure is reported.
  const context: CallContext = {
    ...podContext(followed.context),
    retry: false,
  };
  const selector = await untilAnswered(
    () => targetSelector({ ...followed, context }),
    repetition,
  );
  const collection = new Collection<Pod>(context, { namespace, ...selector });
  const stop = new AbortController();
  const release = onAbort(signal, (reason) => stop.abort(reason));
  let isFinal = false;
  if (target.kind === "owner" && target.resource === Job) {
    const finish = () => {
      isFinal = true;
      stop.abort();
    };
    // Its failure is that of the watch: it would not end any more.
    finishedJob(target.name, { ...followed, signal: stop.signal })
      .then(finish, (error) => stop.abort(error));
  }
  const steps = listAndWatch(collection, {
    resourceVersion: null,
    signal: stop.signal,
    onRetry,
    delays,
    policy,
  });
  let isFirst = true;
  let uid: string | undefined;
  try {
    for await (const step of steps) {
      if (step.type === "DELETED") {
        yield { pods: [], isFirst, isAll: false, left: step.object };
        if (target.kind === "pod") return;
        continue;
      }
      const isAll = step.type === "LISTED";
      const pods = isAll ? step.objects : [step.object];
      if (target.kind === "pod") {
        if (isFirst && pods.length === 0) throw notFound(followed);
        uid ??= pods[0]?.metadata.uid;
        // Deleted unobserved, and perhaps created again.
        if (pods[0] === undefined || pods[0].metadata.uid !== uid) return;
      }
      yield { pods, isFirst, isAll };
      isFirst = false;
      if (target.kind === "pod" && pods.every(hasEnded)) return;
    }
  } catch (error) {
    if (!isFinal || signal.aborted) throw error;
    // The watch may have been behind the Job's.
    const { objects } = await untilAnswered(
      () => collection.list(signal),
      repetition,
    );
    yield { pods: objects, isFirst, isAll: true };
  } finally {
    release();
    stop.abort();
  }
}

/** Resolves when a Job has ended. */
async function finishedJob(
  name: string,
  { context, namespace, signal, onRetry }: FollowedPods,
): Promise<void> {
  const isFinished = (job: JobObject | undefined) =>
    job?.status?.conditions?.some(({ type, status }) =>
      ["Complete", "Failed"].includes(type) && status === "True"
    ) ?? job === undefined;
  const jobs = { ...context, resource: Job };
  await waitFor(jobs, name, isFinished, {
    namespace,
    signal,
    timeout: null,
    ...onRetry && { onRetry },
  });
}

function notFound({ action, target }: FollowedPods): TargetNotFoundError {
  return new TargetNotFoundError(`Cannot ${action}: there is no such pod`, {
    target: target.given,
  });
}
