import { V4, V5 } from "../channel/subprotocols.ts";
import { ConnectError } from "../errors.ts";
import type { Channels } from "../request/exec_options.ts";
import { subresourceQuery } from "../request/subresource_query.ts";
import { isBareRefusal } from "./bare_refusal.ts";
import {
  type CallConnection,
  connectCall,
  type SubresourceCall,
} from "./subresource.ts";

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
