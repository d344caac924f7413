import { supportsHalfClose, V4, V5 } from "../channel/subprotocols.ts";
import { HalfCloseUnsupportedError } from "../errors.ts";
import type { Connection } from "../transport/transport.ts";
import { isBareRefusal } from "./bare_refusal.ts";
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
