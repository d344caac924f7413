import type { PodDisruptionBudget } from "../../../client/resources.ts";
import { ApiFailure } from "../api_failure.ts";
import type { PodRecord } from "../pod_record.ts";
import { matchesSelector } from "./label_selector.ts";
import type { ObjectStore } from "./object_store.ts";
import type { ObjectWrites } from "./object_writes.ts";
import type { ObjectRecord, StoredObject } from "./stored_object.ts";

/** Whether the record is a disruption budget for a pod. */
export function isBudgetOf(
  { resource, object }: ObjectRecord,
  { metadata }: StoredObject,
): boolean {
  if (resource.kind !== "PodDisruptionBudget" || !resource.builtIn) {
    return false;
  }
  if (object.metadata.namespace !== metadata.namespace) return false;
  const { selector } = (object as Budget).spec ?? {};
  // Unlike that of a workload, an empty one selects every pod.
  const isEmpty = selector !== undefined && Object.keys(selector).length === 0;
  return isEmpty || matchesSelector(metadata.labels, selector);
}

type Budget = StoredObject & PodDisruptionBudget;

/**
 * Counts the eviction of a pod against its disruption budget, as upstream
 * (`pkg/registry/core/pod/storage/eviction.go`).
 *
 * @throws {ApiFailure} 429: the budget does not allow it now. 500: there are
 * several.
 */
export function takeFromBudget(
  pod: PodRecord,
  store: ObjectStore,
  writes: ObjectWrites,
  dryRun: boolean,
): void {
  const { metadata, status: { phase, conditions } } = pod.object;
  const hasEnded = ["Pending", "Succeeded", "Failed"].includes(phase);
  if (hasEnded || metadata.deletionTimestamp !== undefined) return;
  const [budget, another] = store.records.filter((record) =>
    isBudgetOf(record, pod.object)
  );
  if (budget === undefined) return;
  if (another !== undefined) {
    const problem =
      "This pod has more than one PodDisruptionBudget, which the " +
      "eviction subresource does not support.";
    throw new ApiFailure(500, "InternalError", problem);
  }
  const { spec, status } = budget.object as Budget;
  const {
    currentHealthy = 0,
    desiredHealthy = 0,
    disruptionsAllowed = 0,
    observedGeneration = 0,
  } = status ?? {};
  const isReady = conditions?.some((it) =>
    it.type === "Ready" && it.status === "True"
  );
  if (!isReady) {
    if (spec?.unhealthyPodEvictionPolicy === "AlwaysAllow") return;
    if (currentHealthy >= desiredHealthy && desiredHealthy > 0) return;
  }
  const { name, generation = 0 } = budget.object.metadata;
  if (observedGeneration < generation) {
    const state =
      `The disruption budget ${name} is still being processed by the server.`;
    throw refusal(state, 10);
  }
  if (disruptionsAllowed === 0) {
    throw refusal(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods ` +
        `and has ${currentHealthy} currently`,
    );
  }
  if (dryRun) return;
  const next = structuredClone(budget.object) as Budget;
  next.status!.disruptionsAllowed = disruptionsAllowed - 1;
  writes.update(budget, next);
}

function refusal(message: string, retryAfterSeconds?: number): ApiFailure {
  return new ApiFailure(
    429,
    "TooManyRequests",
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      causes: [{ reason: "DisruptionBudget", message }],
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  );
}
