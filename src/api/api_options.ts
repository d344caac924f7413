import type { Client } from "../client/client.ts";
import { toClusterClient } from "../client/cluster_client.ts";
import type { Resource } from "../client/resource.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import type { CallContext } from "./call.ts";

/** Options of `new Api`. */
export interface ApiOptions {
  /** The client, from `createClient`. */
  readonly client: Client;
  /** The default namespace of calls; defaults to the client's. */
  readonly namespace?: string;
}

const API_OPTIONS: OptionNames<ApiOptions> = { client: true, namespace: true };

/**
 * Checks what an `Api` is made of. Sends nothing.
 *
 * @throws {TypeError} The resource or the client is missing, or an option does
 * not exist.
 */
export function apiContext(
  resource: Resource,
  options: ApiOptions,
): CallContext {
  if (!resource?.plural) {
    throw new TypeError("Cannot make an Api: the resource is missing");
  }
  checkOptions(options, API_OPTIONS, "make an Api");
  const client = toClusterClient(options?.client, "make an Api");
  const { namespace = null } = options;
  return { client, resource, namespace };
}

type Contexts = WeakMap<object, CallContext>;

const CONTEXTS = Symbol.for("podwire.callContexts");

/** One for all copies of this package: an `Api` may be of another one. */
const contexts: Contexts =
  (globalThis as { [CONTEXTS]?: Contexts })[CONTEXTS] ??= new WeakMap();

/** Notes the context of an `Api`, for {@linkcode contextOf}. */
export function keepContext(api: object, context: CallContext): void {
  contexts.set(api, context);
}

/**
 * What the calls of an `Api` are made with, for the entries built upon it.
 *
 * @param action What is done, for messages: "Cannot {action}: ...".
 * @throws {TypeError} It is no `Api`.
 */
export function contextOf(api: unknown, action: string): CallContext {
  const context = contexts.get(api as object);
  if (context === undefined) {
    throw new TypeError(
      `Cannot ${action}: the first argument must be an Api of pods`,
    );
  }
  return context;
}
