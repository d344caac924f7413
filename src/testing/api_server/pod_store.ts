import type { PodObject, PodRecord } from "./pod_record.ts";
import { podExists, podNotFound } from "./status_failures.ts";

/** A change of a pod, as a watch tells it. */
export interface PodEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: PodObject;
}

/** The pods of a cluster, and every change that was made to them. */
export class PodStore {
  readonly #records = new Map<string, PodRecord>();
  readonly #events: PodEvent[] = [];
  #version = 1;
  #changed = Promise.withResolvers<void>();

  /** The resource version of the latest change. */
  get version(): number {
    return this.#version;
  }

  /** Every pod, by namespace and name. */
  get records(): readonly PodRecord[] {
    return [...this.#records.entries()]
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, record]) => record);
  }

  /** @throws {ApiFailure} 404. */
  get(namespace: string, name: string): PodRecord {
    const record = this.#records.get(keyOf(namespace, name));
    if (record === undefined) throw podNotFound(name);
    return record;
  }

  /** @throws {ApiFailure} 409. */
  add(pod: PodObject): PodRecord {
    const { namespace, name } = pod.metadata;
    const key = keyOf(namespace, name);
    if (this.#records.has(key)) throw podExists(name);
    const record: PodRecord = {
      pod,
      containers: new Map(),
      logs: new Map(),
      removed: false,
    };
    this.#records.set(key, record);
    this.#record("ADDED", record);
    return record;
  }

  /** Says that a pod was changed. */
  touch(record: PodRecord): void {
    this.#record("MODIFIED", record);
  }

  /** Takes a pod out. */
  remove(record: PodRecord): void {
    const { namespace, name } = record.pod.metadata;
    if (!this.#records.delete(keyOf(namespace, name))) return;
    this.#record("DELETED", record);
  }

  /** The changes after a resource version. */
  eventsAfter(version: number): PodEvent[] {
    return this.#events.filter(({ object }) =>
      Number(object.metadata.resourceVersion) > version
    );
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  #record(type: PodEvent["type"], { pod }: PodRecord): void {
    pod.metadata.resourceVersion = String(++this.#version);
    this.#events.push({ type, object: structuredClone(pod) });
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
