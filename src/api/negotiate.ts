import { supportsHalfClose, V4, V5 } from "../channel/subprotocols.ts";
import {
  ConnectError,
  HalfCloseUnsupportedError,
  HandshakeError,
} from "../errors.ts";
import { type Channels, subresourceQuery } from "../request/exec_options.ts";
import type { Connection } from "../transport/transport.ts";
import {
  type CallConnection,
  connectCall,
  type SubresourceCall,
} from "./subresource.ts";

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
  call: SubresourceCall,
  query: URLSearchParams,
  withStdin: boolean,
): Promise<Connection> {
  const blind = !call.client.transport.capabilities.answer;
  const protocols = withStdin && !blind ? [V5] : [V5, V4];
  let opened: CallConnection;
  try {
    opened = await connectCall(call, query, protocols);
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
  call: SubresourceCall,
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

/** What a `stream` asks for; an attach has no command. */
export interface StreamRequest extends Channels {
  readonly command?: readonly string[];
  readonly container?: string;
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
  call: SubresourceCall,
  request: StreamRequest,
): Promise<CallConnection> {
  const attaches = request.command === undefined;
  const endsOnV4 = !request.stdin && (request.tty || attaches);
  const seesAnswer = call.client.transport.capabilities.answer;
  if (endsOnV4 && (seesAnswer || !request.tty)) {
    return connectTwice(call, request);
  }
  // In a terminal an unused stdin is no matter on v5 either.
  const stdin = request.stdin || endsOnV4;
  return connectCall(call, subresourceQuery({ ...request, stdin }), [V5, V4]);
}

/**
 * Offers v5 alone at first: a server without it refuses before anything starts.
 * Who cannot see why it was refused may only do that with an attach: a command
 * might start twice.
 */
async function connectTwice(
  call: SubresourceCall,
  request: StreamRequest,
): Promise<CallConnection> {
  try {
    return await connectCall(call, subresourceQuery(request), [V5]);
  } catch (error) {
    if (!isBareRefusal(error) && !isHidden(error)) throw error;
    const query = subresourceQuery({ ...request, stdin: true });
    return await connectCall(call, query, [V4]);
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
export function isBareRefusal(error: unknown): boolean {
  return error instanceof HandshakeError && error.httpStatus === 403 &&
    error.body === "";
}
