import type { ApiResource } from "./api_resource.ts";

/** An object as the API server keeps it; each kind has more fields. */
export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: StoredMetadata;
}

/** The metadata of an object. */
export interface StoredMetadata {
  name: string;
  /** Only where there are namespaces. */
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
  managedFields?: unknown[];
}

/** An object and where it belongs. */
export interface ObjectRecord {
  readonly resource: ApiResource;
  object: StoredObject;
}

/** The fields of an object, whatever its kind. */
export function fieldsOf(object: StoredObject): Record<string, unknown> {
  return object as unknown as Record<string, unknown>;
}

/** Unique in the cluster, and in the order of lists. */
export function keyOf(
  resource: ApiResource,
  namespace: string | undefined | null,
  name: string,
): string {
  return `${resource.group}/${resource.plural}/${namespace ?? ""}/${name}`;
}

/** The time in the API's form, to the second. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
