import type { PodTemplateSpec } from "../../client/kubernetes/mod.ts";
import {
  fieldsOf,
  type ObjectRecord,
} from "../api_server/objects/stored_object.ts";
import type { ControlledCluster } from "./controller.ts";
import { hashOf, type PodTemplate } from "./workload.ts";

/** The label of a pod that names its revision. */
export const REVISION_LABEL = "controller-revision-hash";

/** One template that a StatefulSet or DaemonSet has had. */
export interface Revision {
  readonly hash: string;
  /** With the name of the workload: `db-6f7c9d5b8`. */
  readonly name: string;
}

/**
 * The templates that StatefulSets and DaemonSets have had: ControllerRevisions,
 * which `kubectl rollout history` and `undo` read.
 */
export class Revisions {
  readonly #templates = new WeakMap<ObjectRecord, Map<string, PodTemplate>>();

  /** Makes the template's revision the latest. */
  add(
    record: ObjectRecord,
    template: PodTemplateSpec,
    cluster: ControlledCluster,
  ): Revision {
    let templates = this.#templates.get(record);
    if (templates === undefined) {
      this.#templates.set(record, templates = new Map());
    }
    const { name } = record.object.metadata;
    const hash = hashOf([record.resource.kind, template]);
    const revision = { hash, name: `${name}-${hash}` };
    templates.set(revision.name, structuredClone(template) as PodTemplate);
    keep(record, template, revision, cluster);
    return revision;
  }

  has(record: ObjectRecord, revision: string): boolean {
    return this.#templates.get(record)?.has(revision) ?? false;
  }

  template(record: ObjectRecord, revision: string): PodTemplate {
    return this.#templates.get(record)!.get(revision)!;
  }
}

const KIND = "ControllerRevision";

function keep(
  owner: ObjectRecord,
  template: PodTemplateSpec,
  { name, hash }: Revision,
  cluster: ControlledCluster,
): void {
  const { namespace = null, annotations } = owner.object.metadata;
  const owned = cluster.owned(owner, KIND);
  const same = owned.find(({ object }) => object.metadata.name === name);
  const latest = Math.max(0, ...owned.map(numberOf));
  if (same !== undefined) {
    if (numberOf(same) < latest) {
      cluster.update(same, { revision: latest + 1 });
    }
    return;
  }
  // Of a workload that was deleted, and it will be soon.
  if (cluster.find(KIND, namespace, name) !== undefined) return;
  cluster.create(owner, KIND, {
    metadata: {
      name,
      labels: { ...template.metadata?.labels, [REVISION_LABEL]: hash },
      ...(annotations === undefined ? {} : { annotations }),
    },
    data: { spec: { template: { ...template, $patch: "replace" } } },
    revision: latest + 1,
  });
  removeOldest(owner, owned, cluster);
}

/** Keeps `revisionHistoryLimit` of those before the latest that no pod has. */
function removeOldest(
  owner: ObjectRecord,
  before: readonly ObjectRecord[],
  cluster: ControlledCluster,
): void {
  const { spec } = fieldsOf(owner.object) as {
    spec: { revisionHistoryLimit?: number };
  };
  const { revisionHistoryLimit = 10 } = spec;
  const used = new Set(
    cluster.pods(owner).map(({ object }) =>
      object.metadata.labels?.[REVISION_LABEL]
    ),
  );
  const unused = before.filter(({ object: { metadata } }) =>
    !used.has(metadata.name) && !used.has(metadata.labels?.[REVISION_LABEL])
  ).sort((a, b) => numberOf(b) - numberOf(a));
  for (const old of unused.slice(revisionHistoryLimit)) cluster.delete(old);
}

function numberOf({ object }: ObjectRecord): number {
  return Number(fieldsOf(object).revision ?? 0);
}
