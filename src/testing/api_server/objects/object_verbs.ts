import { isRecord } from "../../../json.ts";
import {
  type ApiRequest,
  type ApiResponse,
  isDryRun,
  jsonResponse,
} from "../api_request.ts";
import { checkDepth } from "../nesting_limit.ts";
import { checkEphemeralContainers } from "../new_pod.ts";
import { isPod, type PodObject, type PodRecord } from "../pod_record.ts";
import { applyPatch } from "../patches/apply_patch.ts";
import { readPatch } from "../patches/read_patch.ts";
import { badRequest, notFound } from "../api_failure.ts";
import { readObject, type RequestObject, withDefaults } from "./new_object.ts";
import {
  checkPreconditions,
  type DeleteOptions,
  deleteOptionsOf,
  finalizerFor,
  readDeleteOptions,
} from "./delete_options.ts";
import { validateFields } from "./field_validation.ts";
import { takeFromBudget } from "./disruption_budget.ts";
import { listObjects } from "./list_objects.ts";
import type { ObjectStore } from "./object_store.ts";
import type { ObjectWrites } from "./object_writes.ts";
import { scaled, scaleOf } from "./scale.ts";
import { objectFilter } from "./selectors.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";
import {
  fieldsOf,
  type ObjectRecord,
  type StoredObject,
} from "./stored_object.ts";
import {
  checkPodUpdate,
  updatedObject,
  type WritablePart,
} from "./updated_object.ts";
import { watchObjects } from "./watch_objects.ts";

/** The object or collection of a request. */
export interface ObjectTarget {
  readonly resource: ApiResource;
  /** Null for all namespaces, and for cluster-scoped resources. */
  readonly namespace: string | null;
  /** Empty for a collection. */
  readonly name: string;
  readonly part: WritablePart;
}

/** The verbs on objects, for authorized requests. */
export class ObjectVerbs {
  readonly #store: ObjectStore;
  readonly #writes: ObjectWrites;
  readonly #propagates: boolean;

  /** @param propagates Whether a deletion reaches the object's dependents. */
  constructor(store: ObjectStore, writes: ObjectWrites, propagates: boolean) {
    this.#store = store;
    this.#writes = writes;
    this.#propagates = propagates;
  }

  create(
    request: ApiRequest,
    { resource, namespace }: ObjectTarget,
  ): ApiResponse {
    const given = withManagedFieldsOf(null, readObject(request));
    const warnings = validateFields(request, resource, given, false);
    const created = this.#create(resource, namespace, given, request);
    return jsonResponse(201, created, warnings);
  }

  get({ resource, namespace, name }: ObjectTarget): ApiResponse {
    return jsonResponse(200, this.#store.get(resource, namespace, name).object);
  }

  list(
    { url }: ApiRequest,
    { resource, namespace }: ObjectTarget,
  ): ApiResponse {
    const query = url.searchParams;
    return jsonResponse(
      200,
      listObjects(this.#store, resource, query, namespace),
    );
  }

  watch(
    { url }: ApiRequest,
    { resource, namespace }: ObjectTarget,
  ): ApiResponse {
    const query = url.searchParams;
    return watchObjects(this.#store, resource, query, namespace);
  }

  replace(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const record = this.#find(target);
    const given = withManagedFieldsOf(record.object, readObject(request));
    const warnings = validateFields(request, record.resource, given, false);
    const updated = this.#update(record, given, target.part, request);
    return jsonResponse(200, updated, warnings);
  }

  patch(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const { resource, namespace, name, part } = target;
    const patch = readPatch(request, resource);
    const record = this.#store.find(resource, namespace, name);
    if (patch.type === "apply") {
      const live = record && fieldsOf(record.object);
      const warnings = validateFields(request, resource, patch.object, false);
      const given = applyPatch(live ?? null, resource, patch);
      if (record !== undefined) {
        const updated = this.#update(record, given, part, request);
        return jsonResponse(200, updated, warnings);
      }
      const metadata = given.metadata as RequestObject;
      const whole = { ...given, metadata: { ...metadata, name } };
      const created = this.#create(resource, namespace, whole, request);
      return jsonResponse(201, created, warnings);
    }
    if (record === undefined) throw notFound(resource, name);
    const patched = patch.apply(fieldsOf(structuredClone(record.object)));
    const given = withManagedFieldsOf(record.object, patched);
    const warnings = validateFields(request, resource, given, true);
    const updated = this.#update(record, given, part, request);
    return jsonResponse(200, updated, warnings);
  }

  /** Gets, replaces or patches the Scale of a workload. */
  scale(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const record = this.#find(target);
    if (request.method === "GET") return jsonResponse(200, scaleOf(record));
    const given = request.method === "PUT"
      ? readObject(request)
      : patchedScale(request, record);
    const next = scaled(record, given);
    if (isDryRun(request)) {
      return jsonResponse(200, scaleOf({ ...record, object: next }));
    }
    this.#writes.update(record, next);
    return jsonResponse(200, scaleOf(record));
  }

  /**
   * Evicts a pod: deletes it if its disruption budget allows that.
   *
   * @throws {ApiFailure} 429, if it does not.
   */
  evict(
    request: ApiRequest,
    target: ObjectTarget,
    pod: PodRecord,
  ): ApiResponse {
    const eviction = readObject(request);
    const { metadata, deleteOptions: given = {} } = eviction;
    if (!isRecord(metadata) || metadata.name !== target.name) {
      throw badRequest("name in URL does not match name in Eviction object");
    }
    const options = deleteOptionsOf(request, isRecord(given) ? given : {});
    checkPreconditions(pod, options.preconditions);
    takeFromBudget(pod, this.#store, this.#writes, options.dryRun);
    if (!options.dryRun) this.#delete(pod, options);
    return jsonResponse(201, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      code: 201,
    });
  }

  /** A pod remains, marked as being deleted, until its processes have ended. */
  delete(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const record = this.#find(target);
    const options = readDeleteOptions(request);
    checkPreconditions(record, options.preconditions);
    const { uid } = record.object.metadata;
    if (options.dryRun || this.#delete(record, options)) {
      return jsonResponse(200, record.object);
    }
    const { group, plural: kind } = target.resource;
    return jsonResponse(200, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      details: { name: target.name, ...(group ? { group } : {}), kind, uid },
    });
  }

  deleteCollection(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const { resource, namespace } = target;
    const query = request.url.searchParams;
    const wanted = objectFilter(resource, query, namespace);
    const options = readDeleteOptions(request);
    const records = this.#store.records.filter((record) =>
      record.resource === resource && wanted(record.object)
    );
    if (!options.dryRun) {
      for (const record of records) this.#delete(record, options);
    }
    return jsonResponse(200, {
      kind: `${resource.kind}List`,
      apiVersion: groupVersionOf(resource),
      metadata: { resourceVersion: String(this.#store.version) },
      items: records.map(({ object }) => object),
    });
  }

  #find({ resource, namespace, name }: ObjectTarget): ObjectRecord {
    return this.#store.get(resource, namespace, name);
  }

  #create(
    resource: ApiResource,
    namespace: string | null,
    given: RequestObject,
    request: ApiRequest,
  ): StoredObject {
    if (isDryRun(request)) {
      return this.#writes.prepare(resource, namespace, given);
    }
    return this.#writes.create(resource, namespace, given).object;
  }

  #update(
    record: ObjectRecord,
    given: RequestObject,
    part: WritablePart,
    request: ApiRequest,
  ): StoredObject {
    checkDepth(given);
    const { resource, object: current } = record;
    const next = withDefaults(updatedObject(resource, current, given, part));
    if (isPod(record)) {
      if (part === "ephemeralContainers") {
        checkEphemeralContainers(record.object, next as PodObject);
      } else checkPodUpdate(current, next);
    }
    if (!isDryRun(request)) this.#writes.update(record, next);
    return next;
  }

  /** @returns Whether the object remains for now. */
  #delete(
    record: ObjectRecord,
    { grace, propagation }: DeleteOptions,
  ): boolean {
    const finalizer = this.#propagates
      ? finalizerFor(record.resource, propagation)
      : null;
    return this.#writes.delete(record, { grace, finalizer });
  }
}

/** Only apply writes `managedFields`; other requests can keep or clear them. */
function withManagedFieldsOf(
  current: StoredObject | null,
  given: RequestObject,
): RequestObject {
  const { managedFields, ...metadata } = isRecord(given.metadata)
    ? given.metadata
    : {};
  const cleared = ["[]", "[{}]"].includes(JSON.stringify(managedFields));
  const kept = cleared ? undefined : current?.metadata.managedFields;
  const own = kept === undefined ? {} : { managedFields: kept };
  return { ...given, metadata: { ...metadata, ...own } };
}

/** A Scale has no managed fields, so nothing can be applied to it. */
function patchedScale(
  request: ApiRequest,
  record: ObjectRecord,
): RequestObject {
  const patch = readPatch(request, record.resource);
  const scale = structuredClone(scaleOf(record));
  if (patch.type === "change") return patch.apply(scale);
  throw badRequest("the kit cannot apply a Scale");
}
