import { Notifier } from "../../notifier.ts";
import { alreadyExists, notFound } from "../api_failure.ts";
import type { ApiResource } from "./api_resource.ts";
import {
  keyOf,
  type ObjectRecord,
  type StoredObject,
} from "./stored_object.ts";

export interface Change {
  readonly version: number;
  readonly key: string;
  readonly resource: ApiResource;
  /** Null for a created object. */
  readonly before: StoredObject | null;
  /** For a deleted object, its last state. */
  readonly object: StoredObject;
  readonly deleted: boolean;
}

/** Called with each change of a record. */
export type ChangeObserver = (record: ObjectRecord, change: Change) => void;

/** The number of changes that are kept; then the older half is discarded. */
const HISTORY = 10_000;

/** The objects of a cluster, and the history of their changes. */
export class ObjectStore {
  readonly #records = new Map<string, ObjectRecord>();
  #changes: Change[] = [];
  /** The latest change of each existing object, by key. */
  readonly #latest = new Map<string, Change>();
  /** The same at the version `oldest`. */
  readonly #base = new Map<string, Change>();
  #oldest = 1;
  #version = 1;
  readonly #notifier = new Notifier();
  #observer: ChangeObserver | null = null;

  /** Has the observer told of each change, in the turn in which it happens. */
  observe(observer: ChangeObserver): void {
    this.#observer = observer;
  }

  /** The latest version. */
  get version(): number {
    return this.#version;
  }

  /** The version of the oldest state that is kept. */
  get oldest(): number {
    return this.#oldest;
  }

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

  /** Records that the object of a record was changed. */
  recordChange(record: ObjectRecord): void {
    this.#record(record, false);
  }

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

  /** The objects of a resource at a version, sorted by key. */
  snapshot(
    resource: ApiResource,
    version: number,
  ): Map<string, StoredObject> {
    const objects = new Map(this.#base);
    for (const change of this.#changes) {
      if (change.version <= version) applyChange(objects, change);
    }
    const own = [...objects].filter(([, change]) =>
      change.resource === resource
    );
    return new Map(
      own.sort(([a], [b]) => a < b ? -1 : 1)
        .map(([key, { object }]) => [key, object]),
    );
  }

  /** Discards every change: all earlier versions are expired. */
  compact(): void {
    this.#discard(this.#changes.length);
    this.#oldest = ++this.#version;
    this.#notifier.notify();
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return this.#notifier.wait();
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
    applyChange(this.#latest, change);
    if (this.#changes.length > HISTORY) this.#discard(HISTORY / 2);
    this.#notifier.notify();
    this.#observer?.(record, change);
  }

  #discard(count: number): void {
    for (const change of this.#changes.splice(0, count)) {
      applyChange(this.#base, change);
      this.#oldest = change.version;
    }
  }
}

function applyChange(objects: Map<string, Change>, change: Change): void {
  if (change.deleted) objects.delete(change.key);
  else objects.set(change.key, change);
}
