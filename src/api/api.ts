import { CallSite } from "../call_site.ts";
import { apiContext, type ApiOptions, keepContext } from "./api_options.ts";
import type { CallContext } from "./call.ts";
import type {
  AnyObject,
  KubeObject,
  ObjectList,
  Stored,
} from "../client/kube_object.ts";
import type {
  HasAttach,
  HasEviction,
  HasExec,
  HasLogs,
  HasPortForward,
  HasScale,
  ObjectOf,
  Resource,
  SubresourceNotAvailable,
} from "../client/resource.ts";
import { checkOptions } from "../options.ts";
import type { Status } from "../status.ts";
import { AttachAccessor } from "./attach.ts";
import { ExecAccessor } from "./exec.ts";
import type { DebugMethod } from "./launch/debug_options.ts";
import type {
  RunOnceMethod,
  StreamOnceMethod,
} from "./launch/one_shot_options.ts";
import { LogsAccessor } from "./logs/logs.ts";
import { PortForwardAccessor } from "./port_forward/port_forward.ts";
import {
  checkSubresource,
  evictMethod,
  launchMethod,
  scaleMethod,
} from "./subresources.ts";
import {
  DELETION_WAIT_OPTIONS,
  type DeletionWaitOptions,
  GET_OPTIONS,
  type GetOptions,
  LIST_ALL_OPTIONS,
  LIST_OPTIONS,
  type ListAllOptions,
  type ListOptions,
  type OfScale,
  type ScopeOf,
  WAIT_OPTIONS,
  type WaitOptions,
  WATCH_OPTIONS,
  type WatchOptions,
} from "./verbs/call_options.ts";
import { deleteObject, deleteObjects } from "./verbs/deletion.ts";
import type { EvictMethod } from "./verbs/eviction.ts";
import { listAll, listPage } from "./verbs/listing.ts";
import type { JsonPatchOperation, ObjectPatch } from "./verbs/patch.ts";
import type { Scale, ScaleMethod } from "./verbs/scale.ts";
import { fetchObject } from "./verbs/verb_call.ts";
import type {
  ApplyOptions,
  CreateSubresourceOptions,
  DeleteCollectionOptions,
  DeleteOptions,
  JsonPatchOptions,
  MergePatchOptions,
  ReplaceOptions,
  WriteOptions,
} from "./verbs/write_options.ts";
import {
  createObject,
  patchObject,
  type PatchOptions,
  replaceObject,
} from "./verbs/writing.ts";
import type { WatchEvent } from "./watch/collection.ts";
import { watch } from "./watch/watch.ts";

/**
 * The objects of one resource, and their subresources.
 *
 * Every method rejects with `ApiError` if the server refuses, `ConnectError` if
 * it does not answer, `CallTimeoutError` if the timeout runs out, and, before
 * anything is sent, `TypeError` if a name or namespace is missing or an option
 * does not exist.
 *
 * @typeParam R The resource, for example `typeof Pod`.
 */
export class Api<R extends Resource> {
  /** The resource. */
  readonly resource: R;
  readonly #context: CallContext;

  /**
   * Sends nothing.
   *
   * @param resource For example `Pod`, or a result of `defineResource`.
   * @throws {TypeError} The resource or the client is missing.
   */
  constructor(resource: R, options: ApiOptions & ScopeOf<R>) {
    this.#context = apiContext(resource, options);
    keepContext(this, this.#context);
    this.resource = resource;
  }

  /** Creates an object; `apiVersion` and `kind` default to the resource's. */
  create(
    object: ObjectOf<R>,
    options?: WriteOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>>;
  /** Creates a subresource of an object, for example a `token`. */
  create(
    object: AnyObject,
    options: CreateSubresourceOptions & ScopeOf<R>,
  ): Promise<AnyObject>;
  async create(
    object: KubeObject,
    options?: WriteOptions | CreateSubresourceOptions,
  ): Promise<unknown> {
    return await this.#trace(
      this.create,
      () => createObject(this.#context, object, options),
    );
  }

  /** Gets one object. */
  get(
    name: string,
    options?: GetOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>>;
  /** Gets the Scale of an object. */
  get(
    name: string,
    options: OfScale<GetOptions> & ScopeOf<R>,
  ): Promise<Stored<Scale>>;
  async get(
    name: string,
    options: GetOptions | OfScale<GetOptions> = {},
  ): Promise<unknown> {
    this.#check("get", options, GET_OPTIONS);
    const { subresource } = options;
    const verb = { verb: "get", method: "GET", name, subresource };
    return await this.#trace(
      this.get,
      () => fetchObject(this.#context, verb, options),
    );
  }

  /**
   * Lists objects; with `limit`, one page of them. All are in memory: for very
   * many, use {@linkcode listAll}.
   */
  async list(
    options?: ListOptions & ScopeOf<R>,
  ): Promise<ObjectList<ObjectOf<R>>> {
    this.#check("list", options, LIST_OPTIONS);
    return await this.#trace(
      this.list,
      () => listPage(this.#context, options ?? {}),
    );
  }

  /**
   * Lists objects one by one, requesting pages as the loop proceeds. Pages form
   * one snapshot; if it expires (410), the rest reflects the current state.
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
    this.#check("list", options, LIST_ALL_OPTIONS);
    return listAll(this.#context, options ?? {});
  }

  /**
   * Watches objects until the loop is left. The existing objects come first, as
   * `ADDED`; with `resourceVersion`, only changes after that version.
   *
   * The watch reconnects: servers end a connection every few minutes, and
   * transient failures are retried from the last version seen. If the server no
   * longer has that version (410), the objects are listed again and the
   * difference is reported, so that applying the events always gives the
   * cluster's state. This keeps the last state of each object in memory. With
   * `resourceVersion` no state is kept, and a 410 rejects with `ApiError`: list
   * again, then start a new watch.
   *
   * The network is read only as events are requested. Leaving the loop closes
   * the connection; the signal and `client.close()` end it with an error.
   * Connections that break and servers that refuse for now (429, 5xx) are
   * retried, before the first answer as often as the client's `retry` allows. A
   * server that cannot be reached at first is an error, and so is what retrying
   * cannot fix.
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
   * @throws {TypeError | RangeError} Synchronously, if an option is invalid.
   */
  watch(
    options?: WatchOptions & ScopeOf<R>,
  ): AsyncIterableIterator<WatchEvent<ObjectOf<R>>> {
    this.#check("watch", options, WATCH_OPTIONS);
    return watch(this.#context, options ?? {});
  }

  /**
   * Requests the deletion of an object. It may finish later: `waitForDeletion`
   * waits for it.
   *
   * @returns The object, or a `Status` if the deletion is complete.
   */
  async delete(
    name: string,
    options?: DeleteOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>> | Status> {
    return await this.#trace(
      this.delete,
      () => deleteObject(this.#context, name, options),
    );
  }

  /**
   * Requests the deletion of the objects that a selector matches, or of every
   * object in the namespace.
   *
   * @returns The objects, or a `Status` if the deletion is complete.
   * @throws {TypeError} Neither a selector nor `all: true` is given.
   */
  async deleteCollection(
    options: DeleteCollectionOptions & ScopeOf<R>,
  ): Promise<ObjectList<ObjectOf<R>> | Status> {
    return await this.#trace(
      this.deleteCollection,
      () => deleteObjects(this.#context, options),
    );
  }

  /**
   * Replaces the object named in `metadata.name`; a stale `resourceVersion` is a
   * conflict (409).
   */
  replace(
    object: ObjectOf<R>,
    options?: ReplaceOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>>;
  /** Replaces the Scale of an object. */
  replace(
    object: Scale,
    options: OfScale<ReplaceOptions> & ScopeOf<R>,
  ): Promise<Stored<Scale>>;
  async replace(
    object: KubeObject,
    options?: ReplaceOptions | OfScale<ReplaceOptions>,
  ): Promise<unknown> {
    return await this.#trace(
      this.replace,
      () => replaceObject(this.#context, object, options),
    );
  }

  /** Changes parts of an object; `type` selects the kind of patch. */
  patch(
    name: string,
    patch: ObjectPatch<ObjectOf<R>>,
    options?: (MergePatchOptions | ApplyOptions) & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>>;
  /** Changes an object with a list of operations (RFC 6902). */
  patch(
    name: string,
    patch: readonly JsonPatchOperation[],
    options: JsonPatchOptions & ScopeOf<R>,
  ): Promise<Stored<ObjectOf<R>>>;
  /** Changes the Scale of an object. */
  patch(
    name: string,
    patch: ObjectPatch<Scale> | readonly JsonPatchOperation[],
    options: OfScale<PatchOptions> & ScopeOf<R>,
  ): Promise<Stored<Scale>>;
  async patch(
    name: string,
    patch: object,
    options: PatchOptions | OfScale<PatchOptions> = {},
  ): Promise<unknown> {
    return await this.#trace(
      this.patch,
      () => patchObject(this.#context, name, patch, options),
    );
  }

  /**
   * Waits until `predicate` returns true for the object, which is undefined
   * while it does not exist. The object is got, then watched, so that no state
   * is missed. If watching is not allowed, it is polled: after 50 ms, then less
   * often. Failures are retried as by {@linkcode Api.watch}.
   *
   * What {@linkcode isRunning}, {@linkcode isReady}, {@linkcode hasCondition},
   * {@linkcode isComplete} and {@linkcode isRolledOut} wait for may become
   * impossible, also because the object is deleted: then the wait fails at once.
   * Your own predicate ends the wait by throwing, or explains itself as these
   * do, by a method `stateOf`. Without it a deleted object is undefined, and the
   * next of its name is looked at in turn: `(pod) => isReady(pod)` waits for
   * whichever pod has the name.
   *
   * @returns The object for which the predicate returned true.
   * @throws {WaitFailedError} It can never be as wanted.
   * @throws {CallTimeoutError} The timeout, which covers the whole wait, ran out.
   */
  waitFor<S extends Stored<ObjectOf<R>> | undefined>(
    name: string,
    predicate: (object: Stored<ObjectOf<R>> | undefined) => object is S,
    options?: WaitOptions & ScopeOf<R>,
  ): Promise<S>;
  /** Waits for a predicate that does not narrow the type. */
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
    this.#check("wait for", options, WAIT_OPTIONS);
    return await this.#trace(
      this.waitFor,
      async () => {
        const { waitFor } = await import("./watch/wait_for.ts");
        return await waitFor(this.#context, name, predicate, options);
      },
    );
  }

  /**
   * Waits until the object does not exist. Another object of its name counts as
   * its end.
   *
   * @throws {CallTimeoutError} The timeout, which covers the whole wait, ran out.
   */
  async waitForDeletion(
    name: string,
    options?: DeletionWaitOptions & ScopeOf<R>,
  ): Promise<void> {
    this.#check("wait for", options, DELETION_WAIT_OPTIONS);
    await this.#trace(
      this.waitForDeletion,
      async () => {
        const { waitForDeletion } = await import("./watch/wait_for.ts");
        await waitForDeletion(this.#context, name, options ?? {});
      },
    );
  }

  /**
   * Runs commands in containers.
   *
   * @throws {SubresourceNotAvailableError} The resource has no exec.
   */
  get exec(): R extends HasExec ? ExecAccessor
    : SubresourceNotAvailable<"exec"> {
    checkSubresource(this.resource, "exec");
    return new ExecAccessor(this.#context) as never;
  }

  /**
   * Attaches to the main processes of containers.
   *
   * @throws {SubresourceNotAvailableError} The resource has no attach.
   */
  get attach(): R extends HasAttach ? AttachAccessor
    : SubresourceNotAvailable<"attach"> {
    checkSubresource(this.resource, "attach");
    return new AttachAccessor(this.#context) as never;
  }

  /**
   * Reads the logs of containers.
   *
   * @throws {SubresourceNotAvailableError} The resource has no logs.
   */
  get logs(): R extends HasLogs ? LogsAccessor
    : SubresourceNotAvailable<"log"> {
    checkSubresource(this.resource, "logs");
    return new LogsAccessor(this.#context) as never;
  }

  /**
   * Connects to ports of pods.
   *
   * @throws {SubresourceNotAvailableError} The resource has no port-forward.
   */
  get portForward(): R extends HasPortForward ? PortForwardAccessor
    : SubresourceNotAvailable<"portforward"> {
    checkSubresource(this.resource, "portForward");
    return new PortForwardAccessor(this.#context) as never;
  }

  /**
   * Evicts pods.
   *
   * @throws {SubresourceNotAvailableError} The resource has no eviction.
   */
  get evict(): R extends HasEviction ? EvictMethod
    : SubresourceNotAvailable<"eviction"> {
    return evictMethod(this.#context) as never;
  }

  /**
   * Scales workloads.
   *
   * @throws {SubresourceNotAvailableError} The resource has no scale.
   */
  get scale(): R extends HasScale ? ScaleMethod<ScopeOf<R>>
    : SubresourceNotAvailable<"scale"> {
    return scaleMethod(this.#context) as never;
  }

  /**
   * Adds debug containers to pods.
   *
   * @throws {SubresourceNotAvailableError} The resource is not Pod.
   */
  get debug(): R extends HasEviction ? DebugMethod
    : SubresourceNotAvailable<"ephemeralcontainers"> {
    return launchMethod(this.#context, "debug") as never;
  }

  /**
   * Runs a command in a pod of its own, to its end.
   *
   * @throws {SubresourceNotAvailableError} The resource is not Pod.
   */
  get runOnce(): R extends HasEviction ? RunOnceMethod
    : SubresourceNotAvailable<"attach"> {
    return launchMethod(this.#context, "runOnce") as never;
  }

  /**
   * Starts a command in a pod of its own.
   *
   * @throws {SubresourceNotAvailableError} The resource is not Pod.
   */
  get streamOnce(): R extends HasEviction ? StreamOnceMethod
    : SubresourceNotAvailable<"attach"> {
    return launchMethod(this.#context, "streamOnce") as never;
  }

  /** Makes errors of a call show the caller of a public method. */
  #trace<T>(
    method: (...args: never[]) => unknown,
    call: () => Promise<T>,
  ): Promise<T> {
    return new CallSite(method).trace(call);
  }

  #check(
    verb: string,
    options: unknown,
    names: Readonly<Record<string, true>>,
  ): void {
    checkOptions(options, names, `${verb} ${this.resource.plural}`);
  }
}
