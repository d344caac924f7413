import type { PodTemplateSpec } from "../../client/kubernetes/mod.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import { hashOf, type PodTemplate } from "./workload.ts";

/**
 * The templates that a StatefulSet or DaemonSet has had. Kubernetes keeps them
 * as ControllerRevisions, which the kit does not serve.
 */
export class Revisions {
  readonly #templates = new WeakMap<ObjectRecord, Map<string, PodTemplate>>();

  /** @returns The name of the template's revision: `db-6f7c9d5b8`. */
  add(record: ObjectRecord, template: PodTemplateSpec): string {
    let templates = this.#templates.get(record);
    if (templates === undefined) {
      this.#templates.set(record, templates = new Map());
    }
    const { name } = record.object.metadata;
    const revision = `${name}-${hashOf(template)}`;
    templates.set(revision, structuredClone(template) as PodTemplate);
    return revision;
  }

  has(record: ObjectRecord, revision: string): boolean {
    return this.#templates.get(record)?.has(revision) ?? false;
  }

  template(record: ObjectRecord, revision: string): PodTemplate {
    return this.#templates.get(record)!.get(revision)!;
  }
}
