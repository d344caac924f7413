import type {
  DeploymentCondition,
  DeploymentStatus,
} from "../../client/kubernetes/mod.ts";
import type { Deployment, ReplicaSet } from "../../client/resources.ts";
import {
  type ObjectRecord,
  timestamp,
} from "../api_server/objects/stored_object.ts";
import { type ControlledCluster, objectOf } from "./controller.ts";
import { limitsOf } from "./rollout.ts";

/** When each Deployment last progressed; its status knows only seconds. */
const progressed = new WeakMap<ObjectRecord, number>();

/** No deadline, as `kubectl` and the API say it. */
const NO_DEADLINE = 2 ** 31 - 1;

/**
 * Counts the pods of a Deployment, and says how far its rollout is.
 *
 * @param isNew Whether the newest ReplicaSet was created just now.
 */
export function setDeploymentStatus(
  record: ObjectRecord,
  newest: ObjectRecord | undefined,
  isNew: boolean,
  cluster: ControlledCluster,
): void {
  const counts = countsOf(record, newest, cluster);
  const { status } = objectOf<Deployment>(record);
  const conditions = new Conditions(status?.conditions);
  conditions.set(availability(record, counts));
  const left = setProgress(conditions, record, counts, newest, isNew);
  if (left !== null) cluster.reconcileAfter(left, record);
  cluster.setStatus(record, { ...counts, conditions: conditions.list });
}

/** The status without conditions; a count of 0 is left out. */
function countsOf(
  record: ObjectRecord,
  newest: ObjectRecord | undefined,
  cluster: ControlledCluster,
): DeploymentStatus {
  const all = cluster.owned(record, "ReplicaSet").map(statusOf);
  const sum = (field: "replicas" | "readyReplicas" | "availableReplicas") =>
    all.reduce((total, status) => total + (status[field] ?? 0), 0);
  const replicas = sum("replicas");
  const available = sum("availableReplicas");
  const most = Math.max(replicas, limitsOf(record).replicas);
  const updated = newest === undefined ? 0 : statusOf(newest).replicas;
  return {
    observedGeneration: record.object.metadata.generation,
    replicas: replicas || undefined,
    updatedReplicas: updated || undefined,
    readyReplicas: sum("readyReplicas") || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, most - available) || undefined,
  };
}

function availability(
  record: ObjectRecord,
  { availableReplicas = 0 }: DeploymentStatus,
): DeploymentCondition {
  const { replicas, unavailable } = limitsOf(record);
  return availableReplicas >= replicas - unavailable
    ? {
      type: "Available",
      status: "True",
      reason: "MinimumReplicasAvailable",
      message: "Deployment has minimum availability.",
    }
    : {
      type: "Available",
      status: "False",
      reason: "MinimumReplicasUnavailable",
      message: "Deployment does not have minimum availability.",
    };
}

/**
 * Sets the condition of the rollout.
 *
 * @returns Milliseconds until its deadline; null if that does not count now.
 */
function setProgress(
  conditions: Conditions,
  record: ObjectRecord,
  counts: DeploymentStatus,
  newest: ObjectRecord | undefined,
  isNew: boolean,
): number | null {
  const { spec, status: before = {} } = objectOf<Deployment>(record);
  const deadline = spec!.progressDeadlineSeconds ?? 600;
  if (deadline === NO_DEADLINE) return null;
  const { replicas = 0, updatedReplicas: updated = 0 } = counts;
  const { availableReplicas: available = 0 } = counts;
  const { replicas: wanted } = limitsOf(record);
  const isFinished = updated === wanted && replicas === wanted &&
    available === wanted;
  const name = newest?.object.metadata.name;
  const reason = conditions.reasonOf("Progressing");
  const advances = isNew || reason === undefined ||
    hasProgressed(before, counts);
  if (advances || !progressed.has(record)) progressed.set(record, Date.now());
  const left = progressed.get(record)! + deadline * 1000 - Date.now();
  // What is complete stays so: a pod that is replaced later is no rollout.
  const wasFinished = !isNew && reason === "NewReplicaSetAvailable" &&
    replicas === updated;
  if (spec!.paused) {
    conditions.set(
      progressing("Unknown", "DeploymentPaused", "Deployment is paused"),
    );
    return null;
  }
  if (isFinished || wasFinished) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    conditions.set(progressing("True", "NewReplicaSetAvailable", message));
    return null;
  }
  if (isNew) {
    const message = `Created new replica set "${name}"`;
    conditions.set(progressing("True", "NewReplicaSetCreated", message));
  } else if (advances) {
    const message = `ReplicaSet "${name}" is progressing.`;
    conditions.set(progressing("True", "ReplicaSetUpdated", message), true);
  } else if (left <= 0) {
    const message = `ReplicaSet "${name}" has timed out progressing.`;
    conditions.set(progressing("False", "ProgressDeadlineExceeded", message));
  }
  return left > 0 ? left : null;
}

function progressing(
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
): DeploymentCondition {
  return { type: "Progressing", status, reason, message };
}

/** As the controller of Kubernetes counts progress. */
function hasProgressed(before: DeploymentStatus, now: DeploymentStatus) {
  const more = (
    field: "updatedReplicas" | "readyReplicas" | "availableReplicas",
  ) => (now[field] ?? 0) > (before[field] ?? 0);
  const old = (status: DeploymentStatus) =>
    (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return more("updatedReplicas") || more("readyReplicas") ||
    more("availableReplicas") || old(now) < old(before);
}

/** Conditions keep their times while nothing changes. */
class Conditions {
  readonly list: DeploymentCondition[];

  constructor(before: Iterable<DeploymentCondition> = []) {
    this.list = [...before];
  }

  reasonOf(type: string): string | undefined {
    return this.list.find((it) => it.type === type)?.reason;
  }

  /** @param touch Whether to note the time although nothing changed. */
  set(next: DeploymentCondition, touch = false): void {
    const index = this.list.findIndex(({ type }) => type === next.type);
    const before = this.list[index];
    const isSame = before?.status === next.status &&
      before.reason === next.reason && before.message === next.message;
    if (isSame && !touch) return;
    const now = timestamp();
    const lastTransitionTime = before?.status === next.status
      ? before.lastTransitionTime
      : now;
    const condition = { ...next, lastUpdateTime: now, lastTransitionTime };
    if (index < 0) this.list.push(condition);
    else this.list[index] = condition;
  }
}

function statusOf(record: ObjectRecord) {
  return objectOf<ReplicaSet>(record).status ?? { replicas: 0 };
}
