import { isRecord } from "../../../json.ts";
import { badRequest, conflict, invalid } from "../api_failure.ts";
import { withoutNulls } from "./field_types.ts";
import { checkNamespace, checkType, type RequestObject } from "./new_object.ts";
import type { ApiResource } from "./api_resource.ts";
import { fieldsOf, type StoredObject } from "./stored_object.ts";

/**
 * The part that a write changes: all but the status, the status, both, or the
 * ephemeral containers of a pod.
 */
export type WritablePart = "main" | "status" | "both" | "ephemeralContainers";

/**
 * Updates `current` with a request's object: only the given part, and no field
 * that clients cannot change.
 *
 * @throws {ApiFailure} 400 for another object, 409 for a stale one.
 */
export function updatedObject(
  resource: ApiResource,
  current: StoredObject,
  given: RequestObject,
  part: WritablePart,
): StoredObject {
  checkType(resource, given);
  const metadata = isRecord(given.metadata) ? given.metadata : {};
  const { name, namespace, uid, resourceVersion } = current.metadata;
  checkNamespace(metadata, namespace ?? null);
  if (metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on ` +
        `the URL (${name})`,
    );
  }
  const stale = metadata.resourceVersion || resourceVersion;
  if (stale !== resourceVersion) {
    throw conflict(resource, name, MODIFIED);
  }
  if (metadata.uid !== undefined && metadata.uid !== uid) {
    const problem =
      `Precondition failed: UID in precondition: ${metadata.uid}` +
      `, UID in object meta: ${uid}`;
    throw conflict(resource, name, problem);
  }
  if (part === "status") return withStatus(current, given.status);
  if (part === "ephemeralContainers") {
    return withEphemeralContainers(current, given);
  }
  const next = { ...given, ...identityOf(resource, current, metadata) };
  return part === "both" ? next : withStatus(next, fieldsOf(current).status);
}

const MODIFIED = "the object has been modified; please apply your changes to " +
  "the latest version and try again";

/** Whether two objects have equal fields, in any order. */
export function isSame(a: StoredObject, b: StoredObject): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/**
 * Checks that an update leaves the immutable fields of a pod's spec.
 *
 * @throws {ApiFailure} 422.
 */
export function checkPodUpdate(
  current: StoredObject,
  next: StoredObject,
): void {
  const rest = (object: StoredObject) => {
    const { activeDeadlineSeconds: _, tolerations: __, ...spec } = fieldsOf(
      structuredClone(object),
    ).spec as Record<string, unknown>;
    for (const list of ["containers", "initContainers"]) {
      const containers = Array.isArray(spec[list]) ? spec[list] : [];
      for (const container of containers) {
        if (isRecord(container)) delete container.image;
      }
    }
    return JSON.stringify(sorted(spec));
  };
  if (rest(current) === rest(next)) return;
  const problem = "Forbidden: pod updates may not change fields other than " +
    "`spec.containers[*].image`,`spec.initContainers[*].image`," +
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to " +
    "existing tolerations)";
  throw invalid({ kind: "Pod" }, current.metadata.name, "spec", problem);
}

function withEphemeralContainers(
  current: StoredObject,
  given: RequestObject,
): StoredObject {
  const { spec } = fieldsOf(current);
  const { ephemeralContainers } = isRecord(given.spec) ? given.spec : {};
  const next = { ...spec as object, ephemeralContainers };
  return { ...current, spec: next } as StoredObject;
}

function withStatus(object: StoredObject, status: unknown): StoredObject {
  const { status: _, ...rest } = fieldsOf(object);
  const whole = status === undefined ? rest : { ...rest, status };
  return whole as unknown as StoredObject;
}

function identityOf(
  { kind }: ApiResource,
  { apiVersion, metadata: own }: StoredObject,
  metadata: RequestObject,
): StoredObject {
  return {
    apiVersion,
    kind,
    metadata: {
      ...withoutNulls(metadata),
      name: own.name,
      namespace: own.namespace,
      uid: own.uid,
      resourceVersion: own.resourceVersion,
      generation: own.generation,
      creationTimestamp: own.creationTimestamp,
      deletionTimestamp: own.deletionTimestamp,
      deletionGracePeriodSeconds: own.deletionGracePeriodSeconds,
    },
  };
}

/** Sorts the keys of every object. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value).sort().map((name) => [name, sorted(value[name])]),
  );
}
