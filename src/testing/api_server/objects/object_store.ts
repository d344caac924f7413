import { alreadyExists, notFound } from "../api_failure.ts";
import type { ApiResource } from "./api_resource.ts";
import {
  keyOf,
  type ObjectRecord,
  type StoredObject,
} from "./stored_object.ts";

/** One change of one object. */
export interface Change {
  readonly version: number;
  readonly key: string;
  readonly resource: ApiResource;
  /** As it was; null for one that was created. */
  readonly before: StoredObject | null;
  /** As it is; of one that is gone, its last state. */
  readonly object: StoredObject;
  readonly deleted: boolean;
}

/** How many changes are remembered; then the older half is forgotten. */
const HISTORY = 10_000;

/** The objects of a cluster, and the changes that were made to them. */
export class ObjectStore {
  readonly #records = new Map<string, ObjectRecord>();
  #changes: Change[] = [];
  /** The latest change of each object that is there. */
  readonly #latest = new Map<string, Change>();
  /** The same as it was at `oldest`. */
  readonly #base = new Map<string, Change>();
  #oldest = 1;
  #version = 1;
  #changed = Promise.withResolvers<void>();

  /** The version of the latest change. */
  get version(): number {
    return this.#version;
  }

  /** The version before which nothing is remembered. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Everything that there is. */
  get records(): readonly ObjectRecord[] {
    return [...this.#records.values()];
  }

  find(
    resource: ApiResource,
    namespace: string | null,
    name: string,
  ): ObjectRecord | undefined {
    return this.#records.get(keyOf(resource, namespace, name));
  }

  /** @throws {ApiFailure} 404. */
  get(
    resource: ApiResource,
    namespace: string | null,
    name: string,
  ): ObjectRecord {
    const record = this.find(resource, namespace, name);
    if (record === undefined) throw notFound(resource, name);
    return record;
  }

  /** @throws {ApiFailure} 409. */
  add<R extends ObjectRecord>(record: R): R {
    const { resource, object } = record;
    const { namespace, name } = object.metadata;
    const key = keyOf(resource, namespace, name);
    if (this.#records.has(key)) throw alreadyExists(resource, name);
    this.#records.set(key, record);
    this.#record(record, false);
    return record;
  }

  /** Says that a record's object was changed. */
  recordChange(record: ObjectRecord): void {
    this.#record(record, false);
  }

  /** Takes an object out. */
  remove(record: ObjectRecord): void {
    const { resource, object: { metadata } } = record;
    const key = keyOf(resource, metadata.namespace, metadata.name);
    if (this.#records.delete(key)) this.#record(record, true);
  }

  /** The changes after a version, in order. */
  changesAfter(version: number): readonly Change[] {
    const first = this.#changes.findIndex((it) => it.version > version);
    return first < 0 ? [] : this.#changes.slice(first);
  }

  /** The objects of a resource as they were at a version, by key. */
  snapshot(
    resource: ApiResource,
    version: number,
  ): Map<string, StoredObject> {
    const there = new Map(this.#base);
    for (const change of this.#changes) {
      if (change.version <= version) keep(there, change);
    }
    const own = [...there].filter(([, change]) => change.resource === resource);
    return new Map(
      own.sort(([a], [b]) => a < b ? -1 : 1)
        .map(([key, { object }]) => [key, object]),
    );
  }

  /** Forgets every change: whoever goes on from a version of before is too late. */
  compact(): void {
    this.#forget(this.#changes.length);
    this.#oldest = ++this.#version;
    this.#notify();
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  #record(record: ObjectRecord, deleted: boolean): void {
    const { resource, object } = record;
    const { namespace, name } = object.metadata;
    const key = keyOf(resource, namespace, name);
    const version = ++this.#version;
    object.metadata.resourceVersion = String(version);
    const change = {
      version,
      key,
      resource,
      before: this.#latest.get(key)?.object ?? null,
      object: structuredClone(object),
      deleted,
    };
    this.#changes.push(change);
    keep(this.#latest, change);
    if (this.#changes.length > HISTORY) this.#forget(HISTORY / 2);
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #forget(count: number): void {
    for (const change of this.#changes.splice(0, count)) {
      keep(this.#base, change);
      this.#oldest = change.version;
    }
  }
}

/** Notes a change in a table of what there is. */
function keep(there: Map<string, Change>, change: Change): void {
  if (change.deleted) there.delete(change.key);
  else there.set(change.key, change);
}
