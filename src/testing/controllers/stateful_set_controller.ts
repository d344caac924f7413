import type { StatefulSetSpec } from "../../client/kubernetes/mod.ts";
import type { StatefulSet } from "../../client/resources.ts";
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
import { isComplete, podFrom } from "./workload.ts";

const revisions = new Revisions();

/** Keeps pods with stable names and an order. */
export const statefulSetController: Controller = {
  kind: "StatefulSet",
  reconcile(record, cluster): void {
    if (!isComplete(record)) return;
    const set = new StatefulPods(record, cluster);
    if (set.fill()) set.update();
    set.setStatus();
  },
};

/** The pods of one StatefulSet, by their ordinals. */
class StatefulPods {
  readonly #record: ObjectRecord;
  readonly #cluster: ControlledCluster;
  readonly #spec: StatefulSetSpec;
  readonly #name: string;
  readonly #revision: string;

  constructor(record: ObjectRecord, cluster: ControlledCluster) {
    const { metadata, spec } = objectOf<StatefulSet>(record);
    this.#record = record;
    this.#cluster = cluster;
    this.#spec = spec!;
    this.#name = metadata.name;
    this.#revision = revisions.add(record, spec!.template, cluster).name;
  }

  /**
   * Creates missing pods in order, and deletes those beyond `replicas` from the
   * end. With `OrderedReady`, each step waits until the one before is done.
   *
   * @returns Whether pods may be replaced: with `OrderedReady`, when all are
   * there and ready.
   */
  fill(): boolean {
    const existing = this.#pods();
    const inOrder = this.#spec.podManagementPolicy !== "Parallel";
    for (const ordinal of this.#ordinals()) {
      const pod = existing.get(ordinal);
      const ended = pod !== undefined && !isActive(pod);
      if (ended) this.#cluster.delete(pod);
      if (pod === undefined) this.#create(ordinal);
      const isDone = pod !== undefined && !ended && this.#wait(pod) === 0;
      if (inOrder && !isDone) return false;
    }
    const beyond = [...existing].filter(([ordinal]) => !this.#wants(ordinal))
      .sort(([a], [b]) => b - a);
    for (const [, pod] of beyond) {
      this.#cluster.delete(pod);
      if (inOrder) return false;
    }
    return !inOrder ||
      [...this.#pods().values()].every((pod) => this.#wait(pod) === 0);
  }

  /**
   * Deletes the last pod of another revision that the strategy lets go, once
   * those after it are ready.
   */
  update(): void {
    const { type = "RollingUpdate", rollingUpdate } =
      this.#spec.updateStrategy ?? {};
    if (type !== "RollingUpdate") return;
    const { partition = 0 } = rollingUpdate ?? {};
    const pods = [...this.#pods()].filter(([ordinal]) => ordinal >= partition)
      .sort(([a], [b]) => b - a);
    for (const [, pod] of pods) {
      const { labels, deletionTimestamp } = pod.object.metadata;
      const isOld = labels?.[REVISION_LABEL] !== this.#revision;
      if (isOld && deletionTimestamp === undefined) {
        return this.#cluster.delete(pod);
      }
      if (this.#wait(pod) > 0) return;
    }
  }

  setStatus(): void {
    const { metadata, status: before } = objectOf<StatefulSet>(this.#record);
    const pods = [...this.#pods().values()];
    const counts = countPods(pods, this.#spec.minReadySeconds);
    const { replicas = 1 } = this.#spec;
    const ofRevision = (revision: string) =>
      pods.filter(({ object }) =>
        object.metadata.deletionTimestamp === undefined &&
        object.metadata.labels?.[REVISION_LABEL] === revision
      ).length;
    const updated = ofRevision(this.#revision);
    const { partition = 0 } = this.#spec.updateStrategy?.rollingUpdate ?? {};
    const isDone = partition === 0 && updated === replicas &&
      pods.length === replicas && counts.ready === replicas;
    const current = isDone
      ? this.#revision
      : before?.currentRevision ?? this.#revision;
    this.#cluster.setStatus(this.#record, {
      observedGeneration: metadata.generation,
      replicas: pods.length,
      readyReplicas: counts.ready || undefined,
      currentReplicas: ofRevision(current) || undefined,
      updatedReplicas: updated || undefined,
      currentRevision: current,
      updateRevision: this.#revision,
      collisionCount: 0,
      availableReplicas: counts.available,
    });
    if (counts.next < Infinity) {
      this.#cluster.reconcileAfter(counts.next, this.#record);
    }
  }

  #ordinals(): number[] {
    const { replicas = 1, ordinals } = this.#spec;
    return Array.from(
      { length: replicas },
      (_, index) => index + (ordinals?.start ?? 0),
    );
  }

  #wants(ordinal: number): boolean {
    return this.#ordinals().includes(ordinal);
  }

  #pods(): Map<number, PodRecord> {
    const pods = claimPods(this.#record, this.#cluster);
    return new Map(pods.map((pod) => {
      const { name } = pod.object.metadata;
      return [Number(name.slice(this.#name.length + 1)), pod];
    }));
  }

  #wait(pod: PodRecord): number {
    if (!isActive(pod)) return Infinity;
    return untilAvailable(pod, this.#spec.minReadySeconds);
  }

  #create(ordinal: number): void {
    const name = `${this.#name}-${ordinal}`;
    const revision = this.#revisionFor(ordinal);
    const template = revisions.template(this.#record, revision);
    const spec = {
      ...template.spec,
      hostname: name,
      subdomain: this.#spec.serviceName,
    };
    const pod = podFrom({ ...template, spec }, { name }, {
      [REVISION_LABEL]: revision,
      "statefulset.kubernetes.io/pod-name": name,
      "apps.kubernetes.io/pod-index": String(ordinal),
    });
    this.#cluster.create(this.#record, "Pod", pod);
  }

  /** Below the partition a pod comes back as it was. */
  #revisionFor(ordinal: number): string {
    const { type = "RollingUpdate", rollingUpdate } =
      this.#spec.updateStrategy ?? {};
    const { status } = objectOf<StatefulSet>(this.#record);
    const current = status?.currentRevision ?? this.#revision;
    const keeps = type === "RollingUpdate" &&
      ordinal < (rollingUpdate?.partition ?? 0);
    return keeps && revisions.has(this.#record, current)
      ? current
      : this.#revision;
  }
}
