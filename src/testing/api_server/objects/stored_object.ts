import type { ApiResource } from "./api_resource.ts";

/** An object of any kind. */
export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: StoredMetadata;
}

export interface StoredMetadata {
  name: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

/** An object that this one belongs to. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectRecord {
  readonly resource: ApiResource;
  object: StoredObject;
}

/** The fields of an object, whatever its kind. */
export function fieldsOf(object: StoredObject): Record<string, unknown> {
  return object as unknown as Record<string, unknown>;
}

/** The key of an object, unique in the cluster and in list order. */
export function keyOf(
  resource: ApiResource,
  namespace: string | undefined | null,
  name: string,
): string {
  return `${resource.group}/${resource.plural}/${namespace ?? ""}/${name}`;
}

/** The current time in the API's format, in seconds. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
