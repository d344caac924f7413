import type { Client } from "../client/client.ts";
import type { ObjectList, Stored } from "../client/kube_object.ts";
import {
  type HasAttach,
  type HasExec,
  hasSubresource,
  type SubresourceNotAvailable,
} from "../client/markers.ts";
import type { ObjectOf, Resource } from "../client/resource.ts";
import { SubresourceNotAvailableError } from "../errors.ts";
import type { Status } from "../status.ts";
import { AttachAccessor } from "./attach.ts";
import type {
  CallOptions,
  DeleteOptions,
  ListOptions,
  PatchOptions,
  PatchType,
  WaitOptions,
} from "./call_options.ts";
import { ExecAccessor } from "./exec.ts";
import { callVerb, type Verb, type VerbContext } from "./verb_call.ts";
import { waitFor } from "./wait_for.ts";

/** `exec` of an {@linkcode Api}: only where the resource has the marker. */
export type ExecOf<R> = R extends HasExec ? ExecAccessor
  : SubresourceNotAvailable<"exec">;

/** `attach` of an {@linkcode Api}: only where the resource has the marker. */
export type AttachOf<R> = R extends HasAttach ? AttachAccessor
  : SubresourceNotAvailable<"attach">;

/** Options of `new Api`. */
export interface ApiOptions {
  /** The way into the cluster. */
  readonly client: Client;
  /** The namespace of calls that name none, before the client's. */
  readonly namespace?: string;
}

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  // JSON is YAML, and older servers know this type alone.
  apply: "application/apply-patch+yaml",
};

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
  readonly #context: VerbContext;

  /**
   * Sends nothing yet.
   *
   * @param resource For example `Pod`, or what `defineResource` made.
   * @throws {TypeError} Without a resource or a client.
   */
  constructor(resource: R, options: ApiOptions) {
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
    options: CallOptions = {},
  ): Promise<Stored<ObjectOf<R>>> {
    const body = this.#typed(object);
    return await this.#one({ verb: "create", method: "POST", body }, options);
  }

  /** Gets one object. */
  async get(
    name: string,
    options: CallOptions = {},
  ): Promise<Stored<ObjectOf<R>>> {
    return await this.#one({ verb: "get", method: "GET", name }, options);
  }

  /** Lists objects; with `limit`, one page of them. */
  async list(options: ListOptions = {}): Promise<ObjectList<ObjectOf<R>>> {
    const { labelSelector, fieldSelector, limit, allNamespaces } = options;
    const query = {
      labelSelector,
      fieldSelector,
      limit,
      continue: options.continue,
    };
    const verb = { verb: "list", method: "GET", query, allNamespaces };
    const list = await callVerb(this.#context, verb, options);
    return list as ObjectList<ObjectOf<R>>;
  }

  /**
   * Asks for an object's deletion, which may take its time: `waitFor(name,
   * (object) => object === undefined)` sees its end.
   *
   * @returns The object, or the `Status` of a deletion that is done.
   */
  async delete(
    name: string,
    options: DeleteOptions = {},
  ): Promise<Stored<ObjectOf<R>> | Status> {
    const { gracePeriodSeconds, propagationPolicy } = options;
    const query = { gracePeriodSeconds, propagationPolicy };
    const verb = { verb: "delete", method: "DELETE", name, query };
    return await this.#one(verb, options);
  }

  /** Replaces an object by its `metadata.name`; a stale `resourceVersion` is a conflict (409). */
  async replace(
    object: ObjectOf<R>,
    options: CallOptions = {},
  ): Promise<Stored<ObjectOf<R>>> {
    const name = object?.metadata?.name;
    const body = this.#typed(object);
    return await this.#one(
      { verb: "update", method: "PUT", name, body },
      options,
    );
  }

  /** Changes an object; `patch` is what its `type` makes of it. */
  async patch(
    name: string,
    patch: object,
    options: PatchOptions = {},
  ): Promise<Stored<ObjectOf<R>>> {
    const { type = "merge", fieldManager, force } = options;
    const contentType = PATCH_TYPES[type];
    if (!contentType) {
      throw new TypeError(`Cannot patch: there is no patch type "${type}"`);
    }
    const query = { fieldManager, force };
    const body = type === "apply" ? this.#typed(patch) : patch;
    const verb = { verb: "patch", method: "PATCH", name, query };
    return await this.#one({ ...verb, body, contentType }, options);
  }

  /**
   * Waits until `predicate` is content with the object, which is undefined
   * while there is none. It looks at once, then after 50 ms, then less often.
   *
   * @returns What the predicate was content with.
   * @throws {CallTimeoutError} The timeout, here for the whole wait, ran out.
   */
  waitFor<S extends Stored<ObjectOf<R>> | undefined>(
    name: string,
    predicate: (object: Stored<ObjectOf<R>> | undefined) => object is S,
    options?: WaitOptions,
  ): Promise<S>;
  /** As above, for a predicate that does not narrow the type. */
  waitFor(
    name: string,
    predicate: (object: Stored<ObjectOf<R>> | undefined) => boolean,
    options?: WaitOptions,
  ): Promise<Stored<ObjectOf<R>> | undefined>;
  async waitFor(
    name: string,
    predicate: (object: Stored<ObjectOf<R>> | undefined) => boolean,
    options: WaitOptions = {},
  ): Promise<Stored<ObjectOf<R>> | undefined> {
    const get = (look: WaitOptions) => this.get(name, look);
    return await waitFor(this.#context, name, get, predicate, options);
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

  async #one(
    verb: Verb,
    options: CallOptions,
  ): Promise<Stored<ObjectOf<R>>> {
    const object = await callVerb(this.#context, verb, options);
    return object as Stored<ObjectOf<R>>;
  }

  #typed(object: object): object {
    if (typeof object !== "object" || object === null) return object;
    const { group, version, kind } = this.resource;
    const apiVersion = group === "" ? version : `${group}/${version}`;
    return { apiVersion, kind, ...object };
  }

  #checkSubresource(subresource: "exec" | "attach"): void {
    if (hasSubresource(this.resource, subresource)) return;
    throw new SubresourceNotAvailableError(this.resource.kind, subresource);
  }
}
