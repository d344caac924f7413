import {
  type ChannelProtocol,
  selectSubprotocol,
  type Subprotocol,
  supportsHalfClose,
  V4,
  V5,
} from "../channel/subprotocols.ts";
import type { Deadline } from "../client/deadline.ts";
import {
  ConnectError,
  HalfCloseUnsupportedError,
  HandshakeError,
} from "../errors.ts";
import { type ExecRequest, subresourceQuery } from "../request/exec_options.ts";
import type { KeepAliveSettings } from "../session/keep_alive.ts";
import type { Connection } from "../transport/transport.ts";
import { prepareCall, type PreparedCall } from "./call.ts";
import { asksForContainer } from "../request/refusal_hint.ts";
import type { SubresourceCall } from "./subresource_call.ts";

/** The client's keep-alive, as far as its transport can do it. */
export function keepAliveOf(
  { client }: Pick<PreparedCall, "client">,
): KeepAliveSettings | false {
  const { keepAlive, transport } = client;
  // One object serves all sessions of a client.
  if (keepAlive === false || transport.capabilities.ping) return keepAlive;
  return { ...keepAlive, pings: false };
}

/** What {@linkcode openOnPod} has opened, and on which pod. */
export interface OpenedOnPod<R extends ExecRequest, T> {
  /** Its path is that of one pod, its request names the container. */
  readonly call: SubresourceCall<R>;
  readonly opened: T;
}

/**
 * Chooses the pod and the container of a call, and opens its connection. A
 * plain name needs no request for that, unless the pod has several containers
 * and the server asks for one: it gets the one that kubectl would take.
 *
 * @throws {TargetNotFoundError} If there is no such pod.
 */
export async function openOnPod<R extends ExecRequest, T>(
  started: SubresourceCall<R>,
  open: (call: SubresourceCall<R>) => Promise<T>,
): Promise<OpenedOnPod<R, T>> {
  let call = started;
  const { context, namespace, deadline: { signal } } = started;
  const place = { context, namespace, signal };
  if (started.target.kind !== "pod") {
    const { choosePod } = await import("./targets/choose_pod.ts");
    const chosen = await choosePod(
      { ...started, signal },
      "session",
      started.request.container,
    );
    call = onPod(started, chosen.name, chosen.container);
  }
  try {
    return { call, opened: await open(call) };
  } catch (error) {
    if (!wantsContainer(error)) throw error;
    const { chooseContainer } = await import("./targets/choose_pod.ts");
    const { name } = call;
    call = onPod(call, name, await chooseContainer(place, name, error));
    return { call, opened: await open(call) };
  }
}

/** The call on a pod and a container of it. */
function onPod<R extends ExecRequest>(
  call: SubresourceCall<R>,
  name: string,
  container: string | undefined,
): SubresourceCall<R> {
  const { context, subresource, namespace, action } = call;
  const address = { verb: "", name, subresource, action };
  const { path } = prepareCall(context, address, { namespace });
  return { ...call, name, path, request: { ...call.request, container } };
}

/** Whether the server does not know which of several containers is meant. */
function wantsContainer(error: unknown): boolean {
  return error instanceof HandshakeError && error.httpStatus === 400 &&
    asksForContainer(error.body);
}

/** The open connection of a call. */
export interface CallConnection<P extends Subprotocol = ChannelProtocol> {
  readonly connection: Connection;
  readonly protocol: P;
}

/**
 * Opens the connection of a `run`.
 *
 * A stdin must be closed, which only v5 can do: so nothing else is offered, and
 * a server without it refuses, with a bare 403, before the command starts. A
 * transport that cannot see that answer offers both, and closes the connection
 * if the server chose v4.
 *
 * @throws {HalfCloseUnsupportedError} If stdin could not be closed.
 */
export async function negotiateRun(
  call: SubresourceCall<ExecRequest>,
): Promise<Connection> {
  if (!call.request.stdin) return (await connectByV4(call)).connection;
  const { client, request } = call;
  if (client.protocol === "v4") throw halfCloseUnsupported(call, V4);
  const isBlind = !client.transport.capabilities.answer;
  const offer: ChannelProtocol[] = isBlind && client.protocol === "auto"
    ? [V5, V4]
    : [V5];
  let opened: CallConnection;
  try {
    opened = await upgrade(call, request, offer);
  } catch (error) {
    throw isBareRefusal(error)
      ? halfCloseUnsupported(call, null, error)
      : error;
  }
  const { connection, protocol } = opened;
  if (supportsHalfClose(protocol)) return connection;
  const error = halfCloseUnsupported(call, protocol);
  client.ended(connection, { exitCode: null, error });
  connection.close();
  throw error;
}

/**
 * Opens the connection of a `stream`. With a stdin and without a tty the
 * half-close of v5 is of use, and v4 does without; everything else prefers v4.
 */
export async function negotiateStream(
  call: SubresourceCall<ExecRequest>,
): Promise<CallConnection> {
  const { client: { protocol }, request } = call;
  if (!request.stdin || request.tty) return await connectByV4(call);
  const offers: Record<typeof protocol, ChannelProtocol[]> = {
    auto: [V5, V4],
    v5: [V5],
    v4: [V4],
  };
  return await upgrade(call, request, offers[protocol]);
}

/**
 * Opens a connection that needs no half-close: by v4, and by v5 only if the
 * server refuses v4. An API server that translates v5 reports `Success` when it
 * loses the node in the middle of a command; v4 is passed through to the
 * container runtime, so there the same loss ends the connection abnormally.
 *
 * A transport that cannot see why it was refused makes a second attempt with an
 * attach only: a command might have started. So it offers v4 alone for a
 * command, which every server so far takes.
 */
async function connectByV4(
  call: SubresourceCall<ExecRequest>,
): Promise<CallConnection> {
  const { client: { protocol }, request } = call;
  if (protocol === "v5") return await upgrade(call, request, [V5]);
  const isAttach = request.command === undefined;
  // A v4 server treats a stdin that was not requested as one at its end. Then
  // containerd (1.6 and 2.2) ends the output of a terminal or an attachment, or
  // the stdin of a `stdinOnce` container. So request one, and never write to it.
  const stdin = request.stdin || request.tty || isAttach;
  try {
    return await upgrade(call, { ...request, stdin }, [V4]);
  } catch (error) {
    const mayRetry = isBareRefusal(error) || isAttach && isHidden(error);
    if (protocol === "v4" || !mayRetry) throw error;
    return await upgrade(call, request, [V5]);
  }
}

function halfCloseUnsupported(
  { action, client }: PreparedCall,
  protocol: string | null,
  cause?: unknown,
): HalfCloseUnsupportedError {
  const state = protocol === null
    ? `the server does not support ${V5}`
    : client.protocol === "v4"
    ? `the client is limited to ${V4} by its option "protocol"`
    : `the server chose ${protocol}`;
  return new HalfCloseUnsupportedError(
    `Cannot ${action} with stdin: ${state}, so stdin could not be closed`,
    { protocol, cause },
  );
}

/**
 * Whether a server refused every offered subprotocol: that is a 403 with an
 * empty body, before anything starts.
 */
function isBareRefusal(error: unknown): boolean {
  return error instanceof HandshakeError && error.httpStatus === 403 &&
    error.body === "";
}

/** Whether the transport cannot see the answer: it may have been that refusal. */
function isHidden(error: unknown): boolean {
  return error instanceof ConnectError && error.code === "UPGRADE_FAILED";
}

async function upgrade(
  call: SubresourceCall<ExecRequest>,
  request: ExecRequest,
  protocols: readonly ChannelProtocol[],
): Promise<CallConnection> {
  return await openConnection(call, subresourceQuery(request), protocols);
}

/** What {@linkcode openConnection} needs of a call. */
interface OpeningCall extends PreparedCall {
  readonly deadline: Deadline;
  /**
   * Milliseconds for which the upgrade goes on after an abort; then whoever gets
   * the connection looks after the abort.
   *
   * @default {0}
   */
  readonly abortDelay?: number;
}

/**
 * Opens the WebSocket of a call.
 *
 * @throws {ProtocolError} If the server chose none of `protocols`.
 */
export async function openConnection<P extends Subprotocol>(
  { client, path, action, deadline, abortDelay = 0 }: OpeningCall,
  query: URLSearchParams,
  protocols: readonly P[],
): Promise<CallConnection<P>> {
  const connection = await client.connect({
    path,
    query,
    protocols,
    action,
    deadline,
    abortDelay,
  });
  try {
    const chosen = selectSubprotocol(protocols, connection.protocol);
    const protocol = chosen as P;
    if (abortDelay === 0) deadline.signal.throwIfAborted();
    return { connection, protocol };
  } catch (error) {
    client.ended(connection, { exitCode: null, error });
    connection.abort();
    throw error;
  }
}
