import type { ClusterClient } from "../client/cluster_client.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import { type Deadline, startDeadline } from "../client/deadline.ts";
import {
  type ChannelProtocol,
  selectSubprotocol,
} from "../channel/subprotocols.ts";
import {
  checkContainer,
  type SubresourceOptions,
} from "../request/exec_options.ts";
import type { Connection } from "../transport/transport.ts";
import { type CallContext, prepareCall, type PreparedCall } from "./call.ts";

/** One call of a subresource, checked, its clock running. */
export interface SubresourceCall extends PreparedCall {
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
  context: CallContext,
  subresource: "exec" | "attach",
  name: string,
  options: SubresourceOptions,
): SubresourceCall {
  const verb = `${subresource} in`;
  const action = `${verb} ${context.resource.plural} "${name}"`;
  checkContainer(action, options.container);
  const call = prepareCall(
    context,
    { verb, name, subresource, action },
    options,
  );
  const { signal } = options;
  signal?.throwIfAborted();
  return { ...call, deadline: startDeadline(action, call.timeout, signal) };
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
  const connection = await client.connect({ path, query, protocols, deadline });
  try {
    const protocol = selectSubprotocol(protocols, connection.protocol);
    deadline.signal.throwIfAborted();
    return { connection, protocol };
  } catch (error) {
    connection.abort();
    throw error;
  }
}

/** The client's keepalive, where its transport can ping: else it only kills. */
export function keepAliveOf(client: ClusterClient): KeepAliveOptions | false {
  return client.transport.capabilities.ping && client.keepAlive;
}
