import type {
  DaemonSet,
  Deployment,
  StatefulSet,
} from "../../../client/resources.ts";
import {
  countOf,
  DONE,
  fieldsOf,
  impossible,
  joined,
  partsOf,
  pending,
  predicateOf,
  type WaitPredicate,
  type WaitState,
} from "./predicate.ts";

type Workload = Deployment | StatefulSet | DaemonSet;

/**
 * Whether the latest change of a Deployment, StatefulSet or DaemonSet is rolled
 * out, as `kubectl rollout status` sees it. A Deployment that has exceeded its
 * progress deadline, and a strategy without rollouts (`OnDelete`), fail the wait
 * at once.
 */
export const isRolledOut: WaitPredicate<
  Deployment | StatefulSet | DaemonSet
> = predicateOf("isRolledOut", (workload: Workload) => {
  switch (workload.kind) {
    case "Deployment":
      return deploymentState(workload as Deployment);
    case "StatefulSet":
      return statefulSetState(workload as StatefulSet);
    case "DaemonSet":
      return daemonSetState(workload as DaemonSet);
    default:
      throw new TypeError(
        `Cannot tell whether a ${workload.kind} is rolled out: ` +
          "it is no Deployment, StatefulSet or DaemonSet",
      );
  }
});

const UNOBSERVED = pending("its controller has not seen the latest spec yet");

function deploymentState({ metadata, spec, status }: Deployment): WaitState {
  const { observedGeneration, conditions, ...counts } = fieldsOf(status);
  if (!isObserved(metadata, observedGeneration)) return UNOBSERVED;
  const progress = partsOf(conditions)
    .find(({ type }) => type === "Progressing");
  if (progress?.reason === "ProgressDeadlineExceeded") {
    const message = joined("", progress.message) ||
      "it exceeded its progress deadline";
    return impossible(progress.reason, message);
  }
  const wanted = fieldsOf(spec).replicas ?? 1;
  const updated = countOf(counts.updatedReplicas);
  if (updated < wanted) {
    return pending(`${updated} of ${wanted} new replicas have been updated`);
  }
  const old = countOf(counts.replicas) - updated;
  if (old > 0) return pending(`${old} old replicas are pending termination`);
  const available = countOf(counts.availableReplicas);
  if (available < updated) {
    return pending(`${available} of ${updated} updated replicas are available`);
  }
  return DONE;
}

function statefulSetState({ metadata, spec, status }: StatefulSet): WaitState {
  const { replicas: wanted = 1, updateStrategy } = fieldsOf(spec);
  const { type, rollingUpdate } = fieldsOf(updateStrategy);
  const { observedGeneration, updateRevision, currentRevision, ...counts } =
    fieldsOf(status);
  if (type === "OnDelete") return withoutRollouts(type);
  if (!isObserved(metadata, observedGeneration)) return UNOBSERVED;
  const ready = countOf(counts.readyReplicas);
  if (ready < wanted) return pending(`${ready} of ${wanted} pods are ready`);
  const updated = countOf(counts.updatedReplicas);
  if (rollingUpdate) {
    const part = wanted - countOf(rollingUpdate.partition);
    if (updated >= part) return DONE;
    return pending(`${updated} of ${part} new pods have been updated`);
  }
  if (updateRevision === currentRevision) return DONE;
  return pending(
    `${updated} of ${wanted} pods are at revision ${updateRevision}`,
  );
}

function daemonSetState({ metadata, spec, status }: DaemonSet): WaitState {
  const { type } = fieldsOf(fieldsOf(spec).updateStrategy);
  const { observedGeneration, ...counts } = fieldsOf(status);
  if (type === "OnDelete") return withoutRollouts(type);
  if (!isObserved(metadata, observedGeneration)) return UNOBSERVED;
  const wanted = countOf(counts.desiredNumberScheduled);
  const updated = countOf(counts.updatedNumberScheduled);
  if (updated < wanted) {
    return pending(`${updated} of ${wanted} new pods have been updated`);
  }
  const available = countOf(counts.numberAvailable);
  if (available < wanted) {
    return pending(`${available} of ${wanted} updated pods are available`);
  }
  return DONE;
}

/** A status of an older generation says nothing of the latest change. */
function isObserved(
  metadata: Workload["metadata"],
  observed: unknown,
): boolean {
  const generation = countOf(observed);
  return generation > 0 && generation >= (metadata?.generation ?? 0);
}

function withoutRollouts(type: string): WaitState {
  return impossible(
    type,
    `its update strategy ${type} has no rollouts, only RollingUpdate has`,
  );
}
