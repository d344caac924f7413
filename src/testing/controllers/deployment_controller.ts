import type { Deployment, ReplicaSet } from "../../client/resources.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import {
  type ControlledCluster,
  type Controller,
  objectOf,
} from "./controller.ts";
import { setDeploymentStatus } from "./deployment_status.ts";
import { limitsOf, rollOut, scaleOnly } from "./rollout.ts";
import { hashOf, isComplete, type PodTemplate } from "./workload.ts";

const PREFIX = "deployment.kubernetes.io/";
const REVISION = `${PREFIX}revision`;
const HASH = "pod-template-hash";

/**
 * Makes a ReplicaSet for each template of a Deployment, and shifts pods to the
 * newest.
 */
export const deploymentController: Controller = {
  kind: "Deployment",
  reconcile(record, cluster): void {
    if (!isComplete(record)) return;
    const { spec } = objectOf<Deployment>(record);
    const hash = hashOf(spec!.template);
    const existing = newestOf(record, cluster, hash);
    if (spec!.paused) {
      scaleOnly(record, existing, cluster);
      setDeploymentStatus(record, existing, false, cluster);
      return;
    }
    const newest = existing ?? createReplicaSet(record, hash, cluster);
    annotate(record, newest, cluster);
    rollOut(record, newest, cluster);
    setDeploymentStatus(record, newest, newest !== existing, cluster);
    removeOldReplicaSets(record, newest, cluster);
  },
};

function newestOf(
  deployment: ObjectRecord,
  cluster: ControlledCluster,
  hash: string,
): ObjectRecord | undefined {
  return cluster.owned(deployment, "ReplicaSet").find(({ object }) =>
    object.metadata.labels?.[HASH] === hash &&
    object.metadata.deletionTimestamp === undefined
  );
}

function createReplicaSet(
  deployment: ObjectRecord,
  hash: string,
  cluster: ControlledCluster,
): ObjectRecord {
  const { metadata, spec } = objectOf<Deployment>(deployment);
  const template = spec!.template as PodTemplate;
  const { selector, minReadySeconds } = spec!;
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  return cluster.create(deployment, "ReplicaSet", {
    metadata: { name: `${metadata.name}-${hash}`, labels },
    spec: {
      replicas: 0,
      minReadySeconds,
      selector: {
        ...selector,
        matchLabels: { ...selector!.matchLabels, [HASH]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

/**
 * The revisions that `kubectl rollout history` lists, with the cause of each:
 * the ReplicaSet has the annotations of the Deployment.
 */
function annotate(
  deployment: ObjectRecord,
  newest: ObjectRecord,
  cluster: ControlledCluster,
): void {
  const others = cluster.owned(deployment, "ReplicaSet")
    .filter((record) => record !== newest);
  const latest = Math.max(0, ...others.map(revisionOf));
  const revision = String(Math.max(latest + 1, revisionOf(newest)));
  const { replicas, surge } = limitsOf(deployment);
  const { annotations: own = {} } = deployment.object.metadata;
  const copied = Object.entries(own).filter(([name]) => isCopied(name));
  setAnnotations(newest, {
    ...Object.fromEntries(copied),
    [REVISION]: revision,
    [`${PREFIX}desired-replicas`]: String(replicas),
    [`${PREFIX}max-replicas`]: String(replicas + surge),
  }, cluster);
  setAnnotations(deployment, { [REVISION]: revision }, cluster);
}

function isCopied(name: string): boolean {
  return !name.startsWith(PREFIX) &&
    name !== "kubectl.kubernetes.io/last-applied-configuration";
}

function setAnnotations(
  record: ObjectRecord,
  wanted: Readonly<Record<string, string>>,
  cluster: ControlledCluster,
): void {
  const { annotations = {} } = record.object.metadata;
  const isSet = Object.entries(wanted)
    .every(([name, value]) => annotations[name] === value);
  if (isSet) return;
  cluster.update(record, {
    metadata: { annotations: { ...annotations, ...wanted } },
  });
}

function revisionOf({ object }: ObjectRecord): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0);
}

/** Keeps the latest `revisionHistoryLimit` of those without pods. */
function removeOldReplicaSets(
  deployment: ObjectRecord,
  newest: ObjectRecord,
  cluster: ControlledCluster,
): void {
  const { revisionHistoryLimit = 10 } = objectOf<Deployment>(deployment).spec!;
  const empty = cluster.owned(deployment, "ReplicaSet").filter((record) => {
    const { metadata, spec, status } = objectOf<ReplicaSet>(record);
    return record !== newest && metadata.deletionTimestamp === undefined &&
      spec?.replicas === 0 && (status?.replicas ?? 0) === 0;
  }).sort((a, b) => revisionOf(b) - revisionOf(a));
  for (const old of empty.slice(revisionHistoryLimit)) cluster.delete(old);
}
