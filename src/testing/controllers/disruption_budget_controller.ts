import type {
  PodDisruptionBudget,
  ReplicaSet,
} from "../../client/resources.ts";
import { isBudgetOf } from "../api_server/objects/disruption_budget.ts";
import { timestamp } from "../api_server/objects/stored_object.ts";
import { isPod, type PodRecord } from "../api_server/pod_record.ts";
import {
  type ControlledCluster,
  type Controller,
  objectOf,
} from "./controller.ts";
import { controllerOf } from "./owners.ts";
import { isPodReady } from "./pod_health.ts";
import { intOrPercent } from "./workload.ts";

/** Keeps the status of a disruption budget: how many pods may be evicted. */
export const disruptionBudgetController: Controller = {
  kind: "PodDisruptionBudget",
  reconcile(record, cluster): void {
    const { metadata, spec, status } = objectOf<PodDisruptionBudget>(record);
    const pods = cluster.list("Pod", metadata.namespace!)
      .filter(isPod)
      .filter(({ object }) => isBudgetOf(record, object));
    const { expected, desired } = demandOf(spec ?? {}, pods, cluster);
    const healthy =
      pods.filter((pod) =>
        pod.object.metadata.deletionTimestamp === undefined && isPodReady(pod)
      ).length;
    const allowed = expected > 0 ? Math.max(0, healthy - desired) : 0;
    const [before] = status?.conditions ?? [];
    const condition = allowed > 0 ? "True" : "False";
    cluster.setStatus(record, {
      observedGeneration: metadata.generation,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      conditions: [{
        type: "DisruptionAllowed",
        status: condition,
        reason: allowed > 0 ? "SufficientPods" : "InsufficientPods",
        message: "",
        observedGeneration: metadata.generation,
        lastTransitionTime: before?.status === condition
          ? before.lastTransitionTime
          : timestamp(),
      }],
    });
  },
};

/** How many pods there should be, and how many of them must be healthy. */
function demandOf(
  { maxUnavailable, minAvailable }: NonNullable<PodDisruptionBudget["spec"]>,
  pods: readonly PodRecord[],
  cluster: ControlledCluster,
): { expected: number; desired: number } {
  if (maxUnavailable === undefined && typeof minAvailable !== "string") {
    return { expected: pods.length, desired: minAvailable ?? 0 };
  }
  const expected = scaleOf(pods, cluster);
  const of = (value: number | string | undefined) =>
    intOrPercent(value, expected, Math.ceil);
  const desired = maxUnavailable === undefined
    ? of(minAvailable)
    : Math.max(0, expected - of(maxUnavailable));
  return { expected, desired };
}

/** The sum of the replicas of the pods' controllers. */
function scaleOf(
  pods: readonly PodRecord[],
  cluster: ControlledCluster,
): number {
  const scales = new Map<string, number>();
  for (const { object } of pods) {
    const owner = controllerOf(object);
    if (owner === undefined) continue;
    const { namespace = null } = object.metadata;
    const controller = cluster.find(owner.kind, namespace, owner.name);
    if (controller === undefined) continue;
    const { spec } = objectOf<ReplicaSet>(controller);
    scales.set(owner.uid, spec?.replicas ?? 1);
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0);
}
