import type { KubeObject, Stored } from "../../client/kube_object.ts";
import type { ApiResource } from "../api_server/objects/api_resource.ts";
import type { RequestObject } from "../api_server/objects/new_object.ts";
import type { ObjectStore } from "../api_server/objects/object_store.ts";
import type {
  Deletion,
  ObjectWrites,
} from "../api_server/objects/object_writes.ts";
import type {
  ObjectRecord,
  StoredMetadata,
  StoredObject,
} from "../api_server/objects/stored_object.ts";
import { isPod, type PodRecord } from "../api_server/pod_record.ts";
import { controllerReference, type Dependents } from "./owners.ts";

/** Acts on the objects of one kind. */
export interface Controller {
  readonly kind: string;
  /**
   * Takes the steps that are possible now from the cluster's state to the one
   * that the object asks for. Called again after each change that concerns the
   * object, so it needs no memory of earlier calls.
   */
  reconcile(record: ObjectRecord, cluster: ControlledCluster): void;
}

/** The object of a record, as the type of its kind. */
export function objectOf<T extends KubeObject>(
  record: ObjectRecord,
): Stored<T> {
  return record.object as unknown as Stored<T>;
}

/** What a {@linkcode ControlledCluster} is made of. */
export interface ClusterParts {
  readonly store: ObjectStore;
  readonly writes: ObjectWrites;
  readonly resources: readonly ApiResource[];
  readonly dependents: Dependents;
  readonly reconcileAfter: (milliseconds: number, record: ObjectRecord) => void;
}

/** What controllers see of the cluster, and change in it. */
export class ControlledCluster {
  readonly #parts: ClusterParts;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
  }

  /** The built-in resource of a kind. */
  resource(kind: string): ApiResource {
    const { resources } = this.#parts;
    return resources.find((it) => it.kind === kind && it.builtIn)!;
  }

  /** The objects of a kind, in a namespace or in all (null). */
  list(kind: string, namespace: string | null): ObjectRecord[] {
    const resource = this.resource(kind);
    return this.#parts.store.records.filter((record) =>
      record.resource === resource &&
      (namespace === null || record.object.metadata.namespace === namespace)
    );
  }

  /** The objects of a kind with this name. */
  find(
    kind: string,
    namespace: string | null,
    name: string,
  ): ObjectRecord | undefined {
    return this.#parts.store.find(this.resource(kind), namespace, name);
  }

  /** The objects of a kind whose controller is the owner. */
  owned(owner: ObjectRecord, kind: string): ObjectRecord[] {
    const { uid } = owner.object.metadata;
    return [...this.#parts.dependents.of(uid)].filter((record) =>
      record.resource.kind === kind &&
      record.object.metadata.ownerReferences?.some((it) =>
        it.uid === uid && it.controller
      )
    );
  }

  /** The pods whose controller is the owner. */
  pods(owner: ObjectRecord): PodRecord[] {
    return this.owned(owner, "Pod").filter(isPod);
  }

  /**
   * Creates an object that the owner controls, in the owner's namespace.
   *
   * @throws {ApiFailure} 400, 409 or 422.
   */
  create(
    owner: ObjectRecord,
    kind: string,
    object: RequestObject,
  ): ObjectRecord {
    const { namespace = null } = owner.object.metadata;
    const metadata = object.metadata as Partial<StoredMetadata>;
    return this.#parts.writes.create(this.resource(kind), namespace, {
      ...structuredClone(object),
      metadata: {
        ...structuredClone(metadata),
        ownerReferences: [controllerReference(owner)],
      },
    });
  }

  /** Changes fields of the metadata, the spec or others; not the status. */
  update(
    record: ObjectRecord,
    change: Readonly<Record<string, unknown>>,
  ): void {
    const { metadata, ...rest } = structuredClone(change);
    const current = structuredClone(record.object);
    this.#parts.writes.update(record, {
      ...current,
      ...rest,
      metadata: { ...current.metadata, ...metadata as object },
    } as StoredObject);
  }

  setStatus(record: ObjectRecord, status: object): void {
    const current = structuredClone(record.object);
    const next = { ...current, status: structuredClone(status) };
    this.#parts.writes.update(record, next as StoredObject);
  }

  delete(record: ObjectRecord, deletion?: Deletion): void {
    this.#parts.writes.delete(record, deletion);
  }

  /** Reconciles the object again after some time. */
  reconcileAfter(milliseconds: number, record: ObjectRecord): void {
    this.#parts.reconcileAfter(milliseconds, record);
  }
}
