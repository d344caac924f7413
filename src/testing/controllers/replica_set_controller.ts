import type { ReplicaSet } from "../../client/resources.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import { claimPods } from "./adoption.ts";
import {
  type ControlledCluster,
  type Controller,
  objectOf,
} from "./controller.ts";
import { countPods, inDeletionOrder, isActive } from "./pod_health.ts";
import { isComplete, podFrom, type PodTemplate } from "./workload.ts";

/** Keeps `replicas` pods of a ReplicaSet active. */
export const replicaSetController: Controller = {
  kind: "ReplicaSet",
  reconcile(record, cluster): void {
    if (!isComplete(record)) return;
    const { metadata, spec } = objectOf<ReplicaSet>(record);
    const { replicas = 1, minReadySeconds } = spec!;
    const template = spec!.template as PodTemplate;
    const pods = claimPods(record, cluster).filter(isActive);
    for (const pod of inDeletionOrder(pods).slice(0, pods.length - replicas)) {
      if (pods.length > replicas) cluster.delete(pod);
    }
    for (let missing = replicas - pods.length; missing > 0; missing--) {
      const generateName = `${metadata.name}-`;
      cluster.create(record, "Pod", podFrom(template, { generateName }));
    }
    setStatus(record, cluster, minReadySeconds);
  },
};

function setStatus(
  record: ObjectRecord,
  cluster: ControlledCluster,
  minReadySeconds: number | undefined,
): void {
  const { metadata, spec } = objectOf<ReplicaSet>(record);
  const pods = cluster.pods(record).filter(isActive);
  const counts = countPods(pods, minReadySeconds);
  const wanted = Object.entries(spec!.template?.metadata?.labels ?? {});
  const labelled = pods.filter(({ object }) =>
    wanted.every(([key, value]) => object.metadata.labels?.[key] === value)
  );
  cluster.setStatus(record, {
    replicas: pods.length,
    fullyLabeledReplicas: labelled.length || undefined,
    readyReplicas: counts.ready || undefined,
    availableReplicas: counts.available || undefined,
    observedGeneration: metadata.generation,
  });
  if (counts.next < Infinity) cluster.reconcileAfter(counts.next, record);
}
