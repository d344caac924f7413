import type { LabelSelector } from "../../client/kubernetes/mod.ts";
import {
  fieldsOf,
  type ObjectRecord,
} from "../api_server/objects/stored_object.ts";
import type { PodRecord } from "../api_server/pod_record.ts";
import type { ControlledCluster } from "./controller.ts";
import { matchesSelector } from "../api_server/objects/label_selector.ts";
import { controllerOf, controllerReference } from "./owners.ts";
import { isComplete } from "./workload.ts";

/** The kinds that adopt, by the kind that they adopt. */
const ADOPTERS: Readonly<Record<string, readonly string[]>> = {
  Pod: ["ReplicaSet", "StatefulSet", "DaemonSet", "Job"],
  ReplicaSet: ["Deployment"],
};

/** Whether an object could have a controller, and has none. */
export function isOrphan({ resource, object }: ObjectRecord): boolean {
  return Object.hasOwn(ADOPTERS, resource.kind) &&
    object.metadata.deletionTimestamp === undefined &&
    controllerOf(object) === undefined;
}

/** Makes the workload that selects the orphan, if there is one, its controller. */
export function adopt(
  orphan: ObjectRecord,
  workloads: Iterable<ObjectRecord>,
  cluster: ControlledCluster,
): void {
  if (!isOrphan(orphan)) return;
  const kinds = ADOPTERS[orphan.resource.kind]!;
  for (const workload of workloads) {
    if (!kinds.includes(workload.resource.kind)) continue;
    if (!canAdopt(workload, orphan)) continue;
    const { ownerReferences = [] } = orphan.object.metadata;
    return cluster.update(orphan, {
      metadata: {
        ownerReferences: [...ownerReferences, controllerReference(workload)],
      },
    });
  }
}

function canAdopt(workload: ObjectRecord, { object }: ObjectRecord): boolean {
  const { metadata } = workload.object;
  return metadata.namespace === object.metadata.namespace &&
    metadata.deletionTimestamp === undefined && isComplete(workload) &&
    isOwnName(workload, object.metadata.name) &&
    matchesSelector(object.metadata.labels, selectorOf(workload));
}

/** A StatefulSet adopts only pods with its own names. */
function isOwnName({ resource, object }: ObjectRecord, pod: string): boolean {
  if (resource.kind !== "StatefulSet") return true;
  const { name } = object.metadata;
  return pod.startsWith(`${name}-`) && /^\d+$/.test(pod.slice(name.length + 1));
}

/** The pods that a workload controls; it lets go of those it no longer selects. */
export function claimPods(
  workload: ObjectRecord,
  cluster: ControlledCluster,
): PodRecord[] {
  return cluster.pods(workload).filter((pod) => {
    const { labels, ownerReferences = [], deletionTimestamp } =
      pod.object.metadata;
    if (deletionTimestamp !== undefined) return true;
    if (matchesSelector(labels, selectorOf(workload))) return true;
    const { uid } = workload.object.metadata;
    const left = ownerReferences.filter((owner) => owner.uid !== uid);
    cluster.update(pod, { metadata: { ownerReferences: left } });
    return false;
  });
}

function selectorOf({ object }: ObjectRecord): LabelSelector | undefined {
  const { selector } = (fieldsOf(object).spec ?? {}) as {
    selector?: LabelSelector;
  };
  return selector;
}
