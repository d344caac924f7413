import type { Deployment, ReplicaSet } from "../../client/resources.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import { type ControlledCluster, objectOf } from "./controller.ts";
import { intOrPercent } from "./workload.ts";

/** How many pods a rolling update may have beyond, or below, the wanted ones. */
export interface RolloutLimits {
  readonly replicas: number;
  readonly surge: number;
  readonly unavailable: number;
}

export function limitsOf(deployment: ObjectRecord): RolloutLimits {
  const { replicas = 1, strategy } = objectOf<Deployment>(deployment).spec!;
  if (strategy?.type === "Recreate") {
    return { replicas, surge: 0, unavailable: replicas };
  }
  const { maxSurge = "25%", maxUnavailable = "25%" } =
    strategy?.rollingUpdate ?? {};
  const surge = intOrPercent(maxSurge, replicas, Math.ceil);
  const unavailable = intOrPercent(maxUnavailable, replicas, Math.floor);
  // With neither, nothing could ever move.
  const least = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { replicas, surge, unavailable: Math.min(least, replicas) };
}

/** Takes the next steps from the old ReplicaSets to the newest. */
export function rollOut(
  deployment: ObjectRecord,
  newest: ObjectRecord,
  cluster: ControlledCluster,
): void {
  const old = oldReplicaSets(deployment, newest, cluster);
  const { strategy } = objectOf<Deployment>(deployment).spec!;
  const { replicas, surge } = limitsOf(deployment);
  if (strategy?.type === "Recreate") {
    for (const record of old) scale(record, 0, cluster);
    const gone = old.every((record) => cluster.pods(record).length === 0);
    if (gone) scale(newest, replicas, cluster);
    return;
  }
  const current = replicasOf(newest);
  const room = replicas + surge - total([newest, ...old]);
  if (current > replicas) scale(newest, replicas, cluster);
  else if (current < replicas && room > 0) {
    scale(newest, Math.min(current + room, replicas), cluster);
  }
  scaleDownOld(deployment, newest, old, cluster);
}

/**
 * While a Deployment is paused, it is only scaled: the ReplicaSet that has pods,
 * even if the template has changed since. Amid a rollout it keeps what it has.
 */
export function scaleOnly(
  deployment: ObjectRecord,
  newest: ObjectRecord | undefined,
  cluster: ControlledCluster,
): void {
  const all = oldReplicaSets(deployment, undefined, cluster);
  const active = all.filter((record) => replicasOf(record) > 0);
  if (active.length > 1) return;
  const record = active[0] ?? newest ?? all.at(-1);
  if (record === undefined) return;
  scale(record, limitsOf(deployment).replicas, cluster);
}

/** Pods that are not available first, then as many as may be missing. */
function scaleDownOld(
  deployment: ObjectRecord,
  newest: ObjectRecord,
  old: readonly ObjectRecord[],
  cluster: ControlledCluster,
): void {
  const { replicas, unavailable } = limitsOf(deployment);
  const least = replicas - unavailable;
  const pending = replicasOf(newest) - availableOf(newest);
  let spare = total([newest, ...old]) - least - pending;
  for (const record of old) {
    const broken = replicasOf(record) - availableOf(record);
    const fewer = Math.min(broken, spare);
    if (fewer <= 0 || isStale(record)) continue;
    spare -= fewer;
    scale(record, replicasOf(record) - fewer, cluster);
  }
  const available = [newest, ...old].map(availableOf)
    .reduce((sum, count) => sum + count, 0);
  let excess = available - least;
  for (const record of old) {
    const fewer = Math.min(replicasOf(record), excess, availableOf(record));
    if (fewer <= 0 || isStale(record)) continue;
    excess -= fewer;
    scale(record, replicasOf(record) - fewer, cluster);
  }
}

/** Whether its status is of before its latest scaling, so that it counts too many. */
function isStale(record: ObjectRecord): boolean {
  const { metadata, status } = objectOf<ReplicaSet>(record);
  return (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);
}

function oldReplicaSets(
  deployment: ObjectRecord,
  newest: ObjectRecord | undefined,
  cluster: ControlledCluster,
): ObjectRecord[] {
  return cluster.owned(deployment, "ReplicaSet").filter((record) =>
    record !== newest && record.object.metadata.deletionTimestamp === undefined
  );
}

function scale(
  record: ObjectRecord,
  replicas: number,
  cluster: ControlledCluster,
): void {
  if (replicasOf(record) === replicas) return;
  const { spec } = objectOf<ReplicaSet>(record);
  cluster.update(record, { spec: { ...spec, replicas } });
}

function total(records: readonly ObjectRecord[]): number {
  return records.reduce((sum, record) => sum + replicasOf(record), 0);
}

function replicasOf(record: ObjectRecord): number {
  return objectOf<ReplicaSet>(record).spec?.replicas ?? 1;
}

function availableOf(record: ObjectRecord): number {
  const { status } = objectOf<ReplicaSet>(record);
  return Math.min(status?.availableReplicas ?? 0, replicasOf(record));
}
