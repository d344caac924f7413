import { checkDepth } from "../nesting_limit.ts";
import { newPod } from "../new_pod.ts";
import { isPod, type PodObject, podRecord } from "../pod_record.ts";
import type { PodRunner } from "../pod_runner.ts";
import type { ApiResource } from "./api_resource.ts";
import { newObject, type RequestObject, withDefaults } from "./new_object.ts";
import type { ObjectStore } from "./object_store.ts";
import {
  fieldsOf,
  type ObjectRecord,
  type StoredObject,
  timestamp,
} from "./stored_object.ts";
import { isSame } from "./updated_object.ts";

/** A finalizer of the garbage collector: delete, or release, the dependents. */
export type DependentsFinalizer = "foregroundDeletion" | "orphan";

/** How an object is deleted. */
export interface Deletion {
  /** Seconds; 0 ends a pod's processes at once. */
  readonly grace?: number;
  /** Keeps the object until the garbage collector has seen to its dependents. */
  readonly finalizer?: DependentsFinalizer | null;
}

/** A client that names no grace period gets this one, in seconds. */
export const DEFAULT_GRACE_SECONDS = 30;

/** Creates, changes and deletes objects, for requests and controllers. */
export class ObjectWrites {
  readonly #store: ObjectStore;
  readonly #runner: PodRunner;

  constructor(store: ObjectStore, runner: PodRunner) {
    this.#store = store;
    this.#runner = runner;
  }

  /**
   * The object that a request would create.
   *
   * @throws {ApiFailure} 400 or 422.
   */
  prepare(
    resource: ApiResource,
    namespace: string | null,
    given: RequestObject,
  ): StoredObject {
    checkDepth(given);
    return resource.kind === "Pod" && resource.builtIn
      ? newPod(resource, given, namespace!)
      : withDefaults(newObject(resource, given, namespace));
  }

  /** @throws {ApiFailure} 400, 409 or 422. */
  create(
    resource: ApiResource,
    namespace: string | null,
    given: RequestObject,
  ): ObjectRecord {
    const object = this.prepare(resource, namespace, given);
    const pod = resource.kind === "Pod" && resource.builtIn;
    const record = this.#store.add(
      pod ? podRecord(resource, object as PodObject) : { resource, object },
    );
    if (isPod(record)) this.#runner.start(record);
    return record;
  }

  /** Stores the next state; a changed spec has the next generation. */
  update(record: ObjectRecord, next: StoredObject): void {
    const current = record.object;
    if (isSame(current, next)) return;
    const [before, after] = [fieldsOf(current).spec, fieldsOf(next).spec];
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      const { generation } = next.metadata;
      if (generation !== undefined) next.metadata.generation = generation + 1;
    }
    record.object = next;
    this.#store.recordChange(record);
    if (isPod(record)) this.#runner.startEphemeralContainers(record);
    if (canBeRemoved(record)) this.#remove(record);
  }

  /**
   * Deletes an object. A pod remains, marked as being deleted, until its
   * processes have ended; another object while it has finalizers.
   *
   * @returns Whether the object remains for now.
   */
  delete(record: ObjectRecord, deletion: Deletion = {}): boolean {
    const { grace = DEFAULT_GRACE_SECONDS, finalizer = null } = deletion;
    const { metadata } = record.object;
    if (metadata.deletionTimestamp !== undefined) return true;
    if (finalizer !== null) {
      metadata.finalizers = [...metadata.finalizers ?? [], finalizer];
    }
    if (isPod(record) || metadata.finalizers?.length) {
      metadata.deletionTimestamp = timestamp();
      metadata.deletionGracePeriodSeconds = isPod(record) ? grace : 0;
      this.#store.recordChange(record);
      if (isPod(record)) this.#runner.stop(record, grace === 0 ? 0 : undefined);
      return true;
    }
    this.#remove(record);
    return false;
  }

  #remove(record: ObjectRecord): void {
    this.#store.remove(record);
    if (record.resource.kind !== "Namespace") return;
    const namespace = record.object.metadata.name;
    for (const content of this.#store.records) {
      if (content.object.metadata.namespace === namespace) {
        this.delete(content, { grace: 0 });
      }
    }
  }
}

/** Whether a deleted object has no finalizers and no running containers. */
function canBeRemoved(record: ObjectRecord): boolean {
  const { deletionTimestamp, finalizers = [] } = record.object.metadata;
  const runs = isPod(record) && record.containers.size > 0;
  return deletionTimestamp !== undefined && finalizers.length === 0 && !runs;
}
