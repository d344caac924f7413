import type {
  DaemonSet,
  Deployment,
  StatefulSet,
} from "../../../client/resources.ts";
import {
  DONE,
  impossible,
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

function deploymentState(
  { metadata, spec, status = {} }: Deployment,
): WaitState {
  const { replicas = 0, updatedReplicas: updated = 0 } = status;
  const { availableReplicas: available = 0, conditions = [] } = status;
  if (!isObserved(metadata, status)) return UNOBSERVED;
  const progress = conditions.find(({ type }) => type === "Progressing");
  if (progress?.reason === "ProgressDeadlineExceeded") {
    const { reason, message = "" } = progress;
    return impossible(reason, message || "it exceeded its progress deadline");
  }
  const wanted = spec?.replicas ?? 1;
  if (updated < wanted) {
    return pending(`${updated} of ${wanted} new replicas have been updated`);
  }
  if (replicas > updated) {
    const old = replicas - updated;
    return pending(`${old} old replicas are pending termination`);
  }
  if (available < updated) {
    return pending(`${available} of ${updated} updated replicas are available`);
  }
  return DONE;
}

function statefulSetState(
  { metadata, spec, status }: StatefulSet,
): WaitState {
  const { updateStrategy: { type, rollingUpdate } = {} } = spec ?? {};
  const { readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
  const { updateRevision, currentRevision } = status ?? {};
  if (type === "OnDelete") return withoutRollouts(type);
  if (!isObserved(metadata, status)) return UNOBSERVED;
  const wanted = spec?.replicas ?? 1;
  if (readyReplicas < wanted) {
    return pending(`${readyReplicas} of ${wanted} pods are ready`);
  }
  if (rollingUpdate !== undefined) {
    const part = wanted - (rollingUpdate.partition ?? 0);
    if (updatedReplicas >= part) return DONE;
    return pending(`${updatedReplicas} of ${part} new pods have been updated`);
  }
  if (updateRevision === currentRevision) return DONE;
  return pending(
    `${updatedReplicas} of ${wanted} pods are at revision ${updateRevision}`,
  );
}

function daemonSetState({ metadata, spec, status }: DaemonSet): WaitState {
  const { type } = spec?.updateStrategy ?? {};
  if (type === "OnDelete") return withoutRollouts(type);
  if (!isObserved(metadata, status)) return UNOBSERVED;
  const { desiredNumberScheduled: wanted = 0, numberAvailable = 0 } = status ??
    {};
  const { updatedNumberScheduled: updated = 0 } = status ?? {};
  if (updated < wanted) {
    return pending(`${updated} of ${wanted} new pods have been updated`);
  }
  if (numberAvailable < wanted) {
    return pending(
      `${numberAvailable} of ${wanted} updated pods are available`,
    );
  }
  return DONE;
}

/** A status of an older generation says nothing of the latest change. */
function isObserved(
  metadata: Workload["metadata"],
  status: { readonly observedGeneration?: number } | undefined,
): boolean {
  const observed = status?.observedGeneration ?? 0;
  return observed > 0 && observed >= (metadata?.generation ?? 0);
}

function withoutRollouts(type: string): WaitState {
  return impossible(
    type,
    `its update strategy ${type} has no rollouts, only RollingUpdate has`,
  );
}
