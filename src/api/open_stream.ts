import type { CallContext } from "./call.ts";
import { channelsOf, type StreamOptions } from "../request/exec_options.ts";
import {
  type OpenedStreamSession,
  openStreamSession,
  type StreamSession,
} from "../session/stream_session.ts";
import { keepAliveOf, startCall, type SubresourceCall } from "./subresource.ts";
import { connectStream } from "./negotiate.ts";

/** Opens a live session of a subresource; `exec` has a command. */
export async function openStream(
  context: CallContext,
  subresource: "exec" | "attach",
  name: string,
  options: StreamOptions,
  command?: readonly string[],
): Promise<StreamSession> {
  const channels = channelsOf(subresource, options);
  // The caller may change its object while we connect.
  const size = options.size && { ...options.size };
  const call = startCall(context, subresource, name, options);
  const request = { ...channels, command, container: options.container };
  try {
    const { connection, protocol } = await connectStream(call, request);
    const opened = openStreamSession(connection, {
      ...channels,
      protocol,
      subresource,
      size,
      highWaterMark: call.client.highWaterMark,
      keepAlive: keepAliveOf(call.client),
    });
    bind(call, opened);
    return opened.stream;
  } catch (error) {
    call.deadline.release();
    throw error;
  }
}

/** Ties the session to its client, and to the caller's signal for life. */
function bind(
  call: SubresourceCall,
  { stream, session }: OpenedStreamSession,
): void {
  const { client, deadline } = call;
  const { signal } = deadline;
  deadline.stopClock();
  const aborted = () => session.end({ kind: "aborted", reason: signal.reason });
  signal.addEventListener("abort", aborted, { once: true });
  session.onEnd(() => deadline.release());
  if (signal.aborted) aborted();
  try {
    session.released.then(client.adopt(stream));
  } catch (error) {
    session.end({ kind: "aborted", reason: error });
    throw error;
  }
}
