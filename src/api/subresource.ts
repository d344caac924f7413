import type { Client } from "../client/client.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import {
  callTimeout,
  type Deadline,
  startDeadline,
} from "../client/deadline.ts";
import {
  type ChannelProtocol,
  selectSubprotocol,
} from "../channel/subprotocols.ts";
import {
  checkContainer,
  type SubresourceOptions,
} from "../request/exec_options.ts";
import { resourcePath } from "../request/resource_path.ts";
import type { Connection } from "../transport/transport.ts";

/** What the accessors know of the Api that they belong to. */
export interface AccessorContext {
  readonly client: Client;
  readonly resource: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly namespaced: boolean;
    readonly kind: string;
  };
  /** The Api's namespace; null falls back to the client's. */
  readonly namespace: string | null;
}

/** One call of a subresource, checked, and not yet sent. */
export interface SubresourceCall {
  readonly client: Client;
  readonly path: string;
  /** For messages: `exec in pods "web-0"`. */
  readonly action: string;
  /** Its timeout and the caller's signal. */
  readonly deadline: Deadline;
}

/**
 * Checks what every call of a subresource has, and starts its clock.
 *
 * @throws {TypeError} If the name, the namespace or the container is bad.
 * @throws {RangeError} If the timeout is.
 * @throws The signal's reason, if it has aborted already.
 */
export function startCall(
  context: AccessorContext,
  subresource: "exec" | "attach",
  name: string,
  options: SubresourceOptions,
): SubresourceCall {
  const { client, resource } = context;
  const action = `${subresource} in ${resource.plural} "${name}"`;
  checkContainer(action, options.container);
  const namespace = options.namespace ?? context.namespace ?? client.namespace;
  const path = resourcePath(
    { ...resource, namespace, name, subresource },
    action,
  );
  const timeout = callTimeout(options.timeout, client.timeout);
  options.signal?.throwIfAborted();
  const deadline = startDeadline(action, timeout, options.signal);
  return { client, path, action, deadline };
}

/** The open connection of a call. */
export interface CallConnection {
  readonly connection: Connection;
  readonly protocol: ChannelProtocol;
}

/**
 * Opens the connection of a call.
 *
 * @throws {ProtocolError} If the server chose none of `protocols`.
 */
export async function connectCall(
  call: SubresourceCall,
  query: URLSearchParams,
  protocols: readonly string[],
): Promise<CallConnection> {
  const { client, path, deadline } = call;
  const { signal } = deadline;
  const connection = await client.connect({ path, query, protocols, signal });
  try {
    const protocol = selectSubprotocol(protocols, connection.protocol);
    signal.throwIfAborted();
    return { connection, protocol };
  } catch (error) {
    connection.abort();
    throw error;
  }
}

/** The client's keepalive, where its transport can ping: else it only kills. */
export function keepAliveOf(client: Client): KeepAliveOptions | false {
  return client.transport.capabilities.ping && client.keepAlive;
}
