import type { DaemonSet, Node } from "../../client/resources.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import type { PodRecord } from "../api_server/pod_record.ts";
import { claimPods } from "./adoption.ts";
import {
  type ControlledCluster,
  type Controller,
  objectOf,
} from "./controller.ts";
import { countPods, isActive, untilAvailable } from "./pod_health.ts";
import { REVISION_LABEL, Revisions } from "./revisions.ts";
import {
  intOrPercent,
  isComplete,
  podFrom,
  type PodTemplate,
} from "./workload.ts";

const revisions = new Revisions();

/** Keeps one pod on each node that the template's `nodeSelector` matches. */
export const daemonSetController: Controller = {
  kind: "DaemonSet",
  reconcile(record, cluster): void {
    if (!isComplete(record)) return;
    const { spec } = objectOf<DaemonSet>(record);
    const template = spec!.template as PodTemplate;
    const { hash } = revisions.add(record, spec!.template, cluster);
    const nodes = nodesFor(template, cluster);
    place(record, nodes, hash, cluster);
    update(record, nodes.length, hash, cluster);
    setStatus(record, nodes, hash, cluster);
  },
};

function nodesFor(template: PodTemplate, cluster: ControlledCluster): string[] {
  const wanted = Object.entries(
    template.spec.nodeSelector ?? {},
  );
  // Its pods tolerate a node that is unschedulable.
  return cluster.list("Node", null).filter((node) => {
    const { labels } = objectOf<Node>(node).metadata;
    return wanted.every(([key, value]) => labels?.[key] === value);
  }).map(({ object }) => object.metadata.name);
}

/** Creates the missing pods, and deletes the superfluous and the ended. */
function place(
  record: ObjectRecord,
  nodes: readonly string[],
  hash: string,
  cluster: ControlledCluster,
): void {
  const { metadata, spec } = objectOf<DaemonSet>(record);
  const template = spec!.template as PodTemplate;
  const taken = new Set<string>();
  for (const pod of claimPods(record, cluster)) {
    const node = nodeOf(pod);
    const isWanted = isActive(pod) && nodes.includes(node) && !taken.has(node);
    // Its successor waits until a pod that is being deleted is gone.
    if (isWanted || pod.removed) taken.add(node);
    else cluster.delete(pod);
  }
  for (const node of nodes) {
    if (taken.has(node)) continue;
    const onNode = { ...template, spec: { ...template.spec, nodeName: node } };
    const generateName = `${metadata.name}-`;
    const labels = { [REVISION_LABEL]: hash, "pod-template-generation": "1" };
    cluster.create(record, "Pod", podFrom(onNode, { generateName }, labels));
  }
}

/** Deletes pods of an older template, as many as may be unavailable. */
function update(
  record: ObjectRecord,
  wanted: number,
  hash: string,
  cluster: ControlledCluster,
): void {
  const { updateStrategy, minReadySeconds } = objectOf<DaemonSet>(record).spec!;
  if (updateStrategy?.type === "OnDelete") return;
  const { maxUnavailable = 1 } = updateStrategy?.rollingUpdate ?? {};
  const pods = cluster.pods(record).filter(isActive);
  const old = pods.filter((pod) => hashLabelOf(pod) !== hash);
  const isAvailable = (pod: PodRecord) =>
    untilAvailable(pod, minReadySeconds) === 0;
  const missing = wanted - pods.filter(isAvailable).length;
  const limit = Math.max(1, intOrPercent(maxUnavailable, wanted, Math.ceil));
  let room = limit - missing;
  for (const pod of old) {
    if (isAvailable(pod) && --room < 0) continue;
    cluster.delete(pod);
  }
}

function setStatus(
  record: ObjectRecord,
  nodes: readonly string[],
  hash: string,
  cluster: ControlledCluster,
): void {
  const { metadata, spec } = objectOf<DaemonSet>(record);
  const pods = cluster.pods(record).filter(isActive);
  const counts = countPods(pods, spec!.minReadySeconds);
  const updated = pods.filter((pod) => hashLabelOf(pod) === hash).length;
  const missing = nodes.length - counts.available;
  cluster.setStatus(record, {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: counts.ready,
    observedGeneration: metadata.generation,
    updatedNumberScheduled: updated || undefined,
    numberAvailable: counts.available || undefined,
    numberUnavailable: missing || undefined,
  });
  if (counts.next < Infinity) cluster.reconcileAfter(counts.next, record);
}

function nodeOf({ object }: PodRecord): string {
  return object.spec.nodeName ?? "";
}

function hashLabelOf({ object }: PodRecord): string | undefined {
  return object.metadata.labels?.[REVISION_LABEL];
}
