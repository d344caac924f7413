import { groupVersionOf } from "../api_server/objects/api_resource.ts";
import type { Change } from "../api_server/objects/object_store.ts";
import type {
  ObjectRecord,
  OwnerReference,
  StoredObject,
} from "../api_server/objects/stored_object.ts";

/** The reference to the object's controller, if it has one. */
export function controllerOf(object: StoredObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller);
}

/** A reference to the owner as the controller of another object. */
export function controllerReference(
  { resource, object: { metadata } }: ObjectRecord,
): OwnerReference {
  return {
    apiVersion: groupVersionOf(resource),
    kind: resource.kind,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

const NONE: ReadonlySet<ObjectRecord> = new Set();

/** The objects that name an owner, by the owner's uid. */
export class Dependents {
  readonly #byOwner = new Map<string, Set<ObjectRecord>>();

  /** The dependents in the order in which they were added. */
  of(uid: string): ReadonlySet<ObjectRecord> {
    return this.#byOwner.get(uid) ?? NONE;
  }

  /** Takes account of a change of the store. */
  observe(record: ObjectRecord, { before, deleted }: Change): void {
    const now = deleted ? [] : owners(record.object);
    for (const uid of before === null ? [] : owners(before)) {
      if (!now.includes(uid)) this.#remove(uid, record);
    }
    for (const uid of now) {
      let dependents = this.#byOwner.get(uid);
      if (dependents === undefined) {
        this.#byOwner.set(uid, dependents = new Set());
      }
      dependents.add(record);
    }
  }

  #remove(uid: string, record: ObjectRecord): void {
    const dependents = this.#byOwner.get(uid);
    dependents?.delete(record);
    if (dependents?.size === 0) this.#byOwner.delete(uid);
  }
}

function owners({ metadata }: StoredObject): string[] {
  return (metadata.ownerReferences ?? []).map(({ uid }) => uid);
}
