import {
  PORT_FORWARD_TUNNEL,
  type PortForwardProtocol,
  V4,
} from "../../channel/subprotocols.ts";
import type { Deadline } from "../../client/deadline.ts";
import { checkOptions, type OptionNames } from "../../options.ts";
import type { PortSessionOptions } from "../../session/port_session.ts";
import type { Target } from "../../target.ts";
import { type CallContext, prepareCall } from "../call.ts";
import { keepAliveOf, openConnection } from "../negotiate.ts";
import { type ParsedTarget, parseTarget } from "../targets/target.ts";
import { checkPort, choosePort } from "./target_port.ts";

/** Options of `portForward.connect`. */
export interface PortForwardOptions {
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /**
   * Milliseconds from credentials to handshake; null for no limit; defaults to
   * the client's `timeout`.
   */
  readonly timeout?: number | null;
  /** Aborts the call, and the connection for its whole life, with its reason. */
  readonly signal?: AbortSignal | null;
}

/** The names of {@linkcode PortForwardOptions}. */
export const PORT_FORWARD_OPTIONS: OptionNames<PortForwardOptions> = {
  namespace: true,
  timeout: true,
  signal: true,
};

/** A checked call: each connection of it chooses the pod anew. */
export interface ForwardCall {
  readonly context: CallContext;
  readonly target: ParsedTarget;
  /** As the caller gave it. */
  readonly port: number | string;
  readonly namespace: string | undefined;
  /** For messages: `forward port 8080 of pods "web-0"`. */
  readonly action: string;
  /** Milliseconds for each connection; null for no limit. */
  readonly timeout: number | null;
}

/**
 * Checks a call of port-forward.
 *
 * @param names The options that it has.
 * @throws {TypeError} If the target, the port or an option is invalid.
 * @throws {RangeError} If the timeout is.
 */
export function prepareForward(
  context: CallContext,
  given: Target,
  port: number | string,
  options: PortForwardOptions,
  names: Readonly<Record<string, true>>,
): ForwardCall {
  const target = parseTarget(given, context.resource, "forward a port of");
  checkPort(port, `forward a port of ${target.text}`);
  const quoted = typeof port === "string" ? `"${port}"` : port;
  const action = `forward port ${quoted} of ${target.text}`;
  checkOptions(options, names, action);
  const { namespace } = options;
  const address = target.kind === "pod" ? addressOf(target.name) : {};
  const { timeout } = prepareCall(
    context,
    { verb: "forward a port of", action, ...address },
    options,
  );
  options.signal?.throwIfAborted();
  return { context, target, port, namespace, action, timeout };
}

/** What a session on an open connection needs to know. */
export type OpenedPort =
  & Omit<PortSessionOptions, "isTunnel" | "output" | "paused" | "now">
  & { readonly protocol: PortForwardProtocol };

/**
 * Chooses the pod and its port, and opens a WebSocket for one connection. Both
 * subprotocols are offered in one handshake: an API server takes the tunnel, or
 * v4 if it does not know it.
 *
 * @throws {TargetNotFoundError} If no pod fits the target.
 * @throws {PortForwardError} If the pod or the Service has no such port.
 */
export async function openPort(
  call: ForwardCall,
  deadline: Deadline,
): Promise<OpenedPort> {
  const { context, namespace, action, port: askedPort } = call;
  const { client } = context;
  const { signal } = deadline;
  const { pod, port } = await choosePort({ ...call, signal });
  const address = { verb: "", action, ...addressOf(pod) };
  const { path } = prepareCall(context, address, { namespace });
  const query = new URLSearchParams({ ports: `${port}` });
  const { tunnel = false } = client.transport.capabilities;
  const offer: PortForwardProtocol[] = tunnel && client.protocol !== "v4"
    ? [PORT_FORWARD_TUNNEL, V4]
    : [V4];
  const opened = await openConnection(
    { client, path, action, timeout: null, deadline },
    query,
    offer,
  );
  return {
    ...opened,
    port,
    askedPort,
    text: `port ${port} of pods "${pod}"`,
    keepAlive: keepAliveOf({ client }),
    hideCredentials: (text) => client.hideCredentials(text),
  };
}

function addressOf(name: string) {
  return { name, subresource: "portforward" };
}
