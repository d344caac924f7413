import type { CallContext } from "./call.ts";
import type { Client } from "../client/client.ts";
import type { ObjectList, Stored } from "../client/kube_object.ts";
import {
  hasSubresource,
  type ObjectOf,
  type Resource,
  type SubresourceMarker,
  withType,
} from "../client/resource.ts";
import { SubresourceNotAvailableError } from "../errors.ts";
import type { Status } from "../status.ts";
import type { AttachOf, ExecOf, LogsOf } from "./accessors.ts";
import { AttachAccessor } from "./attach.ts";
import { ExecAccessor } from "./exec.ts";
import { LogsAccessor } from "./logs/logs.ts";
import type {
  CallOptions,
  ListAllOptions,
  ListOptions,
  ScopeOf,
  WaitOptions,
  WatchOptions,
} from "./verbs/call_options.ts";
import { deletion, deletionOfMany } from "./verbs/deletion.ts";
import { listAll, listPage } from "./verbs/listing.ts";
import {
  applied,
  type JsonPatchOperation,
  mediaTypeOf,
  type ObjectPatch,
} from "./verbs/patch.ts";
import { callVerb, type Verb } from "./verbs/verb_call.ts";
import type {
  ApplyOptions,
  DeleteCollectionOptions,
  DeleteOptions,
  JsonPatchOptions,
  MergePatchOptions,
  PatchOptions,
  ReplaceOptions,
  WriteOptions,
} from "./verbs/write_options.ts";
import { waitFor } from "./watch/wait_for.ts";
import type { WatchEvent } from "./watch/collection.ts";
import { watch } from "./watch/watch.ts";

/** Options of `new Api`. */
export interface ApiOptions {
  /** The way into the cluster. */
  readonly client: Client;
  /** The namespace of calls that name none, before the client's. */
  readonly namespace?: string;
}

/**
 * The objects of one resource.
 *
 * Every verb rejects with `ApiError` when the server refuses, `ConnectError`
 * when it does not answer, `CallTimeoutError` when the timeout runs out, and
 * `TypeError`, before anything is sent, without a name or namespace to use.
 *
 * @typeParam R The resource, for example `typeof Pod`.
 */
export class Api<R extends Resource> {
  /** The resource. */
  readonly resource: R;
  readonly #context: CallContext;

  /**
   * Sends nothing yet.
   *
   * @param resource For example `Pod`, or what `defineResource` made.
   * @throws {TypeError} Without a resource or a client.
   */
  constructor(resource: R, options: ApiOptions & ScopeOf<R>) {
    if (!resource?.plural) {
      throw new TypeError("Cannot make an Api: the resource is missing");
    }
    if (!options?.client) {
      throw new TypeError("Cannot make an Api: the client is missing");
    }
    this.resource = resource;
    const { client, namespace = null } = options;
    this.#context = { client, resource, namespace };
  }

  /** Creates an object; `apiVersion` and `kind` are filled in. */
  async create(
    object: ObjectOf<R>,
    options?: WriteOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>> {
    const body = withType(this.resource, object);
    const verb = { verb: "create", method: "POST", body };
    return await this.#write(verb, options);
  }

  /** Gets one object. */
  async get(
    name: string,
    options?: CallOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>> {
    return await this.#one({ verb: "get", method: "GET", name }, options);
  }

  /** Lists objects; with `limit`, one page of them. */
  async list(
    options?: ListOptions & ScopeOf<R>,
  ): Promise<ObjectList<ObjectOf<R>>> {
    return await listPage(this.#context, options ?? {});
  }

  /**
   * Every object of a list, asked for in pages as the loop goes on. All are of
   * the moment of the first page; should the server have let go of that moment
   * (410), the rest is as it is by then.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client });
   * for await (const { metadata } of pods.listAll({ allNamespaces: true })) {
   *   console.log(metadata.name);
   * }
   * await client.close();
   * ```
   */
  listAll(
    options?: ListAllOptions & ScopeOf<R>,
  ): AsyncIterableIterator<Stored<ObjectOf<R>>> {
    return listAll(this.#context, options ?? {});
  }

  /**
   * Tells what happens to the objects, as it happens, until the loop is left:
   * first, as `ADDED`, those that there are, or with `resourceVersion` only
   * what comes after it.
   *
   * Where a connection ends, which servers see to every few minutes, it goes on
   * from the last version seen; failures in between are survived. Where the
   * server has let go of that version (410), the objects are listed again, and
   * the difference is told: adding and removing by the events always gives what
   * the cluster has. For that the last state of each object is kept. With
   * `resourceVersion` nothing is kept, and 410 rejects with `ApiError`: whoever
   * has the list is to make a new one.
   *
   * The network is read as the events are asked for. Leaving the loop closes
   * the connection; the signal and `client.close()` end it with an error. What
   * fails before the server has answered once is thrown, and what no waiting
   * mends.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * for await (const { type, object } of pods.watch()) {
   *   console.log(type, object.metadata.name, object.status?.phase);
   *   if (object.status?.phase === "Running") break;
   * }
   * await client.close();
   * ```
   *
   * @throws {TypeError | RangeError} At once, if the options are bad.
   */
  watch(
    options?: WatchOptions & ScopeOf<R>,
  ): AsyncIterableIterator<WatchEvent<ObjectOf<R>>> {
    return watch(this.#context, options ?? {});
  }

  /**
   * Asks for an object's deletion, which may take its time: `waitFor(name,
   * (object) => object === undefined)` sees its end.
   *
   * @returns The object, or the `Status` of a deletion that is done.
   */
  async delete(
    name: string,
    options?: DeleteOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>> | Status> {
    const said = deletion(options ?? {});
    const verb = { verb: "delete", method: "DELETE", name, ...said };
    return await this.#one(verb, options);
  }

  /**
   * Asks for the deletion of many objects: those that a selector means, or of
   * all in the namespace.
   *
   * @returns The objects, or the `Status` of a deletion that is done.
   * @throws {TypeError} Neither a selector nor `all: true` is given.
   */
  async deleteCollection(
    options: DeleteCollectionOptions & ScopeOf<R>,
  ): Promise<ObjectList<ObjectOf<R>> | Status> {
    const said = deletionOfMany(this.resource, options);
    const verb = { verb: "deletecollection", method: "DELETE", ...said };
    const answer = await callVerb(this.#context, verb, options);
    return answer as ObjectList<ObjectOf<R>> | Status;
  }

  /** Replaces an object by its `metadata.name`; a stale `resourceVersion` is a conflict (409). */
  async replace(
    object: ObjectOf<R>,
    options?: ReplaceOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>> {
    const name = object?.metadata?.name;
    const body = withType(this.resource, object);
    const verb = { verb: "update", method: "PUT", name, body };
    return await this.#write(verb, options);
  }

  /** Changes an object by parts of it, as `type` says. */
  patch(
    name: string,
    patch: ObjectPatch<ObjectOf<R>>,
    options?: (MergePatchOptions | ApplyOptions) & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>>;
  /** Changes an object by a list of operations (RFC 6902). */
  patch(
    name: string,
    patch: readonly JsonPatchOperation[],
    options: JsonPatchOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>>;
  async patch(
    name: string,
    patch: object,
    options: PatchOptions = {},
  ): Promise<Stored<ObjectOf<R>>> {
    const contentType = mediaTypeOf(options);
    const applies = options.type === "apply";
    const body = applies ? applied(this.resource, name, patch) : patch;
    const query = { force: applies ? options.force : undefined };
    const verb = { verb: "patch", method: "PATCH", name, query };
    return await this.#write({ ...verb, body, contentType }, options);
  }

  /**
   * Waits until `predicate` is content with the object, which is undefined
   * while there is none. It gets the object, then watches it, so that it misses
   * no state. Where watching is refused, it gets it again and again: after 50
   * ms, then less often.
   *
   * @returns What the predicate was content with.
   * @throws {CallTimeoutError} The timeout, here for the whole wait, ran out.
   */
  waitFor<S extends Stored<ObjectOf<R>> | undefined>(
    name: string,
    predicate: (object: Stored<ObjectOf<R>> | undefined) => object is S,
    options?: WaitOptions & ScopeOf<R>,
  ): Promise<S>;
  /** As above, for a predicate that does not narrow the type. */
  waitFor(
    name: string,
    predicate: (object: Stored<ObjectOf<R>> | undefined) => boolean,
    options?: WaitOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>> | undefined>;
  async waitFor(
    name: string,
    predicate: (object: Stored<ObjectOf<R>> | undefined) => boolean,
    options: WaitOptions = {},
  ): Promise<Stored<ObjectOf<R>> | undefined> {
    return await waitFor(this.#context, name, predicate, options);
  }

  /**
   * Runs commands in containers.
   *
   * @throws {SubresourceNotAvailableError} The resource has no exec.
   */
  get exec(): ExecOf<R> {
    this.#checkSubresource("exec");
    return new ExecAccessor(this.#context) as unknown as ExecOf<R>;
  }

  /**
   * Attaches to the main processes of containers.
   *
   * @throws {SubresourceNotAvailableError} The resource has no attach.
   */
  get attach(): AttachOf<R> {
    this.#checkSubresource("attach");
    return new AttachAccessor(this.#context) as unknown as AttachOf<R>;
  }

  /**
   * Reads the logs of containers.
   *
   * @throws {SubresourceNotAvailableError} The resource has no logs.
   */
  get logs(): LogsOf<R> {
    this.#checkSubresource("logs");
    return new LogsAccessor(this.#context) as unknown as LogsOf<R>;
  }

  async #one(
    verb: Verb,
    options: CallOptions | undefined,
  ): Promise<Stored<ObjectOf<R>>> {
    const object = await callVerb(this.#context, verb, options);
    return object as Stored<ObjectOf<R>>;
  }

  async #write(
    verb: Verb,
    options: ReplaceOptions = {},
  ): Promise<Stored<ObjectOf<R>>> {
    const { dryRun, fieldManager, fieldValidation, subresource } = options;
    const query = {
      fieldManager,
      fieldValidation,
      dryRun: dryRun ? "All" : undefined,
      ...verb.query,
    };
    return await this.#one({ ...verb, subresource, query }, options);
  }

  #checkSubresource(marker: SubresourceMarker): void {
    if (hasSubresource(this.resource, marker)) return;
    const subresource = marker === "logs" ? "log" : marker;
    throw new SubresourceNotAvailableError(this.resource.kind, subresource);
  }
}
