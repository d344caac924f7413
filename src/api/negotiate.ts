import {
  type ChannelProtocol,
  selectSubprotocol,
  supportsHalfClose,
  V4,
  V5,
} from "../channel/subprotocols.ts";
import { type Deadline, startDeadline } from "../client/deadline.ts";
import {
  ConnectError,
  HalfCloseUnsupportedError,
  HandshakeError,
} from "../errors.ts";
import {
  type ExecRequest,
  type SubresourceOptions,
  subresourceQuery,
} from "../request/exec_options.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import type { Connection } from "../transport/transport.ts";
import { type CallContext, prepareCall, type PreparedCall } from "./call.ts";

/** One call of a subresource, its clock running. */
export interface SubresourceCall<R extends ExecRequest> extends PreparedCall {
  readonly request: R;
  /** Its timeout and the caller's signal. */
  readonly deadline: Deadline;
}

/**
 * Checks a call of `exec` or `attach`, and starts its clock.
 *
 * @param check Checks the other options, and makes the request of them.
 * @throws {TypeError} If the name or an option is invalid.
 * @throws {RangeError} If a number is.
 * @throws The signal's reason, if it has aborted already.
 */
export function startCall<O extends SubresourceOptions, R extends ExecRequest>(
  context: CallContext,
  subresource: "exec" | "attach",
  name: string,
  options: O,
  check: (action: string, options: O) => R,
): SubresourceCall<R> {
  const verb = subresource === "exec" ? "exec in" : "attach to";
  const action = `${verb} ${context.resource.plural} "${name}"`;
  const request = check(action, options);
  const target = { verb, name, subresource, action };
  const call = prepareCall(context, target, options);
  const { signal } = options;
  signal?.throwIfAborted();
  const deadline = startDeadline(action, call.timeout, signal);
  return { ...call, request, deadline };
}

/** The keep-alive of the client's sessions; a silent transport would end them. */
export function keepAliveOf(
  { client }: PreparedCall,
): KeepAliveOptions | false {
  return client.transport.capabilities.ping && client.keepAlive;
}

/**
 * Opens the connection of a `run`.
 *
 * A stdin needs its end said, which only v5 can: so nothing else is offered,
 * and a server without it refuses before the command starts, with a bare 403.
 * A transport that cannot see that answer offers both, and looks.
 *
 * @throws {HalfCloseUnsupportedError} If the end of stdin could not be said.
 */
export async function connectRun(
  call: SubresourceCall<ExecRequest>,
): Promise<Connection> {
  const withStdin = call.request.stdin;
  const blind = !call.client.transport.capabilities.answer;
  const protocols = withStdin && !blind ? [V5] : [V5, V4];
  let opened: CallConnection;
  try {
    opened = await connect(call, call.request, protocols);
  } catch (error) {
    const refused = withStdin && isBareRefusal(error);
    throw refused ? halfCloseUnsupported(call, null, error) : error;
  }
  const { connection, protocol } = opened;
  if (!withStdin || supportsHalfClose(protocol)) return connection;
  connection.close();
  throw halfCloseUnsupported(call, protocol);
}

function halfCloseUnsupported(
  call: PreparedCall,
  protocol: string | null,
  cause?: unknown,
): HalfCloseUnsupportedError {
  const spoken = protocol === null
    ? `does not speak ${V5}`
    : `speaks ${protocol}`;
  return new HalfCloseUnsupportedError(
    `Cannot ${call.action} with stdin: the server ${spoken}, so the end of ` +
      `stdin could not be said`,
    { protocol, cause },
  );
}

/**
 * Opens the connection of a `stream`.
 *
 * A v4 server takes a stdin that was not asked for as one at its end, and then
 * containerd (1.6 and 2.2 do) ends the output of a terminal, an attachment, or
 * the stdin of a `stdinOnce` container. So v4 is asked for a stdin there, on
 * which nothing is ever written.
 */
export function connectStream(
  call: SubresourceCall<ExecRequest>,
): Promise<CallConnection> {
  const { request } = call;
  const attaches = request.command === undefined;
  const endsOnV4 = !request.stdin && (request.tty || attaches);
  const seesAnswer = call.client.transport.capabilities.answer;
  if (endsOnV4 && (seesAnswer || !request.tty)) {
    return connectTwice(call);
  }
  // In a terminal an unused stdin is no matter on v5 either.
  const stdin = request.stdin || endsOnV4;
  return connect(call, { ...request, stdin }, [V5, V4]);
}

/**
 * Offers v5 alone at first: a server without it refuses before anything starts.
 * Who cannot see why it was refused may only do that with an attach: a command
 * might start twice.
 */
async function connectTwice(
  call: SubresourceCall<ExecRequest>,
): Promise<CallConnection> {
  try {
    return await connect(call, call.request, [V5]);
  } catch (error) {
    if (!isBareRefusal(error) && !isHidden(error)) throw error;
    return await connect(call, { ...call.request, stdin: true }, [V4]);
  }
}

/** Some transports see no answer: it may have been that refusal. */
function isHidden(error: unknown): boolean {
  return error instanceof ConnectError && error.code === "UPGRADE_FAILED";
}

/**
 * Whether a server refused every offered subprotocol: it says so with a 403
 * that has no body, and before anything starts.
 */
function isBareRefusal(error: unknown): boolean {
  return error instanceof HandshakeError && error.httpStatus === 403 &&
    error.body === "";
}

/** The open connection of a call. */
export interface CallConnection {
  readonly connection: Connection;
  readonly protocol: ChannelProtocol;
}

/** @throws {ProtocolError} If the server chose none of `protocols`. */
async function connect(
  { client, path, deadline }: SubresourceCall<ExecRequest>,
  request: ExecRequest,
  protocols: readonly string[],
): Promise<CallConnection> {
  const query = subresourceQuery(request);
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
