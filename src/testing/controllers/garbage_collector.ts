import type { Change } from "../api_server/objects/object_store.ts";
import type { DependentsFinalizer } from "../api_server/objects/object_writes.ts";
import type { ObjectRecord } from "../api_server/objects/stored_object.ts";
import type { ControlledCluster } from "./controller.ts";
import type { Dependents } from "./owners.ts";

/**
 * Deletes the dependents of deleted objects: in the background once the owner is
 * gone, in the foreground before it goes. With `Orphan` they lose the reference
 * instead. A reference to an owner that never existed is left alone.
 */
export class GarbageCollector {
  readonly #cluster: ControlledCluster;
  readonly #dependents: Dependents;
  /** The uids of owners that are gone. */
  #gone = new Set<string>();
  /** The owners that wait for this collector. */
  readonly #waiting = new Map<string, ObjectRecord>();

  constructor(cluster: ControlledCluster, dependents: Dependents) {
    this.#cluster = cluster;
    this.#dependents = dependents;
  }

  /** @returns Whether there is something to do. */
  observe(record: ObjectRecord, { before, deleted }: Change): boolean {
    const { uid, deletionTimestamp } = record.object.metadata;
    if (deleted) {
      this.#waiting.delete(uid);
      if (this.#dependents.of(uid).size > 0) this.#gone.add(uid);
    } else if (deletionTimestamp !== undefined && finalizerOf(record)) {
      this.#waiting.set(uid, record);
      return true;
    }
    const owners = before?.metadata.ownerReferences ?? [];
    return this.#gone.size > 0 ||
      owners.some(({ uid }) => this.#waiting.has(uid));
  }

  run(): void {
    const gone = this.#gone;
    this.#gone = new Set();
    for (const uid of gone) {
      for (const dependent of [...this.#dependents.of(uid)]) {
        if (ownersOf(dependent).every((owner) => owner.uid === uid)) {
          this.#cluster.delete(dependent);
        } else this.#release(dependent, uid);
      }
    }
    for (const [uid, owner] of this.#waiting) {
      const finalizer = finalizerOf(owner);
      const dependents = [...this.#dependents.of(uid)];
      if (finalizer === "orphan") {
        for (const dependent of dependents) this.#release(dependent, uid);
        this.#finish(owner, "orphan");
      } else if (finalizer === "foregroundDeletion") {
        this.#deleteAll(dependents);
        const blocked = [...this.#dependents.of(uid)].some((dependent) =>
          ownersOf(dependent).some((it) =>
            it.uid === uid && it.blockOwnerDeletion
          )
        );
        if (!blocked) this.#finish(owner, "foregroundDeletion");
      }
    }
  }

  /** Those with dependents of their own wait for these, too. */
  #deleteAll(dependents: readonly ObjectRecord[]): void {
    for (const dependent of dependents) {
      const { uid } = dependent.object.metadata;
      const has = this.#dependents.of(uid).size > 0;
      this.#cluster.delete(dependent, {
        finalizer: has ? "foregroundDeletion" : null,
      });
    }
  }

  #release(dependent: ObjectRecord, uid: string): void {
    const left = ownersOf(dependent).filter((owner) => owner.uid !== uid);
    this.#cluster.update(dependent, {
      metadata: { ownerReferences: left.length === 0 ? undefined : left },
    });
  }

  #finish(owner: ObjectRecord, done: DependentsFinalizer): void {
    const { uid, finalizers = [] } = owner.object.metadata;
    this.#waiting.delete(uid);
    this.#cluster.update(owner, {
      metadata: { finalizers: finalizers.filter((it) => it !== done) },
    });
  }
}

function ownersOf({ object }: ObjectRecord) {
  return object.metadata.ownerReferences ?? [];
}

function finalizerOf({ object }: ObjectRecord): DependentsFinalizer | null {
  const { finalizers = [] } = object.metadata;
  if (finalizers.includes("orphan")) return "orphan";
  return finalizers.includes("foregroundDeletion")
    ? "foregroundDeletion"
    : null;
}
