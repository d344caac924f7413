import { isRecord } from "../../../json.ts";
import { type ApiRequest, type ApiResponse, json } from "../exchange.ts";
import { isPod, newPod, type PodObject, podRecord } from "../pod_record.ts";
import { applyPatch } from "../patches/apply_patch.ts";
import { readPatch } from "../patches/read_patch.ts";
import type { PodRunner } from "../pod_runner.ts";
import { conflict, notFound } from "../api_failure.ts";
import {
  newObject,
  parseObject,
  readObject,
  type RequestObject,
  withDefaults,
} from "./new_object.ts";
import { listObjects } from "./list_objects.ts";
import type { ObjectStore } from "./object_store.ts";
import { requestedObjects } from "./selectors.ts";
import { type ApiResource, groupVersionOf } from "./api_resource.ts";
import {
  fieldsOf,
  type ObjectRecord,
  type StoredObject,
  timestamp,
} from "./stored_object.ts";
import {
  checkPodUpdate,
  isSame,
  updatedObject,
  type WritablePart,
} from "./updated_object.ts";
import { watchObjects } from "./watch_objects.ts";

const DEFAULT_GRACE_SECONDS = 30;

/** Which object a verb is about, or which collection. */
export interface ObjectTarget {
  readonly resource: ApiResource;
  /** Null for all of them, and for what has none. */
  readonly namespace: string | null;
  /** Empty for a collection. */
  readonly name: string;
  readonly part: WritablePart;
}

/** The HTTP verbs on objects, their caller allowed to use them. */
export class ObjectVerbs {
  readonly #store: ObjectStore;
  readonly #runner: PodRunner;

  constructor(store: ObjectStore, runner: PodRunner) {
    this.#store = store;
    this.#runner = runner;
  }

  create(
    request: ApiRequest,
    { resource, namespace }: ObjectTarget,
  ): ApiResponse {
    const given = readObject(request);
    return json(201, this.#create(resource, namespace, given, request));
  }

  get({ resource, namespace, name }: ObjectTarget): ApiResponse {
    return json(200, this.#store.get(resource, namespace, name).object);
  }

  list(
    { url }: ApiRequest,
    { resource, namespace }: ObjectTarget,
  ): ApiResponse {
    const query = url.searchParams;
    return json(200, listObjects(this.#store, resource, query, namespace));
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
    const given = readObject(request);
    return json(200, this.#update(record, given, target.part, request));
  }

  patch(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const { resource, namespace, name, part } = target;
    const patch = readPatch(request, resource);
    const record = this.#store.find(resource, namespace, name);
    if (patch.type === "apply") {
      const live = record && fieldsOf(record.object);
      const given = applyPatch(live ?? null, resource, patch);
      if (record !== undefined) {
        return json(200, this.#update(record, given, part, request));
      }
      const metadata = given.metadata as RequestObject;
      const whole = { ...given, metadata: { ...metadata, name } };
      return json(201, this.#create(resource, namespace, whole, request));
    }
    if (record === undefined) throw notFound(resource, name);
    const given = patch.apply(fieldsOf(structuredClone(record.object)));
    return json(200, this.#update(record, given, part, request));
  }

  /** Marks it, answers, and ends it; a pod is seen until its processes are gone. */
  delete(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const record = this.#find(target);
    const options = deleteOptions(request);
    checkPreconditions(record, options.preconditions);
    const { uid } = record.object.metadata;
    if (options.dryRun || this.#end(record, options.grace)) {
      return json(200, record.object);
    }
    const { group, plural: kind } = target.resource;
    return json(200, {
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
    const wanted = requestedObjects(resource, query, namespace);
    const { dryRun, grace } = deleteOptions(request);
    const records = this.#store.records.filter((record) =>
      record.resource === resource && wanted(record.object)
    );
    if (!dryRun) { for (const record of records) this.#end(record, grace); }
    return json(200, {
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
    const pod = resource.kind === "Pod" && resource.builtIn;
    const object = pod
      ? newPod(resource, given, namespace!)
      : withDefaults(newObject(resource, given, namespace));
    if (isDryRun(request)) return object;
    const record = this.#store.add(
      pod ? podRecord(resource, object as PodObject) : { resource, object },
    );
    const created = structuredClone(record.object);
    if (isPod(record)) this.#runner.start(record);
    return created;
  }

  #update(
    record: ObjectRecord,
    given: RequestObject,
    part: WritablePart,
    request: ApiRequest,
  ): StoredObject {
    const { resource, object: current } = record;
    const next = withDefaults(updatedObject(resource, current, given, part));
    if (isPod(record)) checkPodUpdate(current, next);
    if (isSame(current, next) || isDryRun(request)) return next;
    const [before, after] = [fieldsOf(current).spec, fieldsOf(next).spec];
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      const { generation } = next.metadata;
      if (generation !== undefined) next.metadata.generation = generation + 1;
    }
    record.object = next;
    this.#store.recordChange(record);
    if (isOver(record)) this.#store.remove(record);
    return record.object;
  }

  /** @returns Whether it takes its time: a pod's end, or a finalizer. */
  #end(record: ObjectRecord, grace: number): boolean {
    const { metadata } = record.object;
    if (metadata.deletionTimestamp !== undefined) return true;
    if (isPod(record) || metadata.finalizers?.length) {
      metadata.deletionTimestamp = timestamp();
      metadata.deletionGracePeriodSeconds = isPod(record) ? grace : 0;
      this.#store.recordChange(record);
      if (isPod(record)) this.#runner.stop(record, grace === 0 ? 0 : undefined);
      return true;
    }
    this.#store.remove(record);
    if (record.resource.kind === "Namespace") this.#empty(metadata.name);
    return false;
  }

  /** What is in a namespace ends with it. */
  #empty(namespace: string): void {
    for (const record of this.#store.records) {
      if (record.object.metadata.namespace === namespace) this.#end(record, 0);
    }
  }
}

/** Whether nothing keeps a deleted object any more. */
function isOver(record: ObjectRecord): boolean {
  const { deletionTimestamp, finalizers = [] } = record.object.metadata;
  const runs = isPod(record) && record.containers.size > 0;
  return deletionTimestamp !== undefined && finalizers.length === 0 && !runs;
}

interface DeleteRequest {
  /** Seconds. */
  readonly grace: number;
  readonly dryRun: boolean;
  readonly preconditions: unknown;
}

function deleteOptions(request: ApiRequest): DeleteRequest {
  const query = request.url.searchParams;
  const given = request.body.byteLength > 0 ? parseObject(request.body) : {};
  const grace = query.get("gracePeriodSeconds") ?? given.gracePeriodSeconds;
  const dryRun = Array.isArray(given.dryRun) && given.dryRun.includes("All");
  return {
    grace: Number(grace ?? DEFAULT_GRACE_SECONDS),
    dryRun: dryRun || isDryRun(request),
    preconditions: given.preconditions,
  };
}

function isDryRun({ url }: ApiRequest): boolean {
  return url.searchParams.get("dryRun") === "All";
}

/** @throws {ApiFailure} 409, if the object is not the one that is meant. */
function checkPreconditions(
  { resource, object: { metadata } }: ObjectRecord,
  wanted: unknown,
): void {
  if (!isRecord(wanted)) return;
  const words = { uid: "UID", resourceVersion: "ResourceVersion" } as const;
  for (const field of ["uid", "resourceVersion"] as const) {
    const asked = wanted[field];
    if (asked === undefined || asked === metadata[field]) continue;
    const word = words[field];
    throw conflict(
      resource,
      metadata.name,
      `Precondition failed: ${word} in precondition: ${asked}, ` +
        `${word} in object meta: ${metadata[field]}`,
    );
  }
}
