import {
  type AttachStreamOptions,
  type StreamRequest,
  streamRequest,
} from "../../request/exec_options.ts";
import type { StreamSessionOptions } from "../../session/stream_session.ts";
import {
  type CallConnection,
  keepAliveOf,
  negotiateStream,
  openOnPod,
} from "../negotiate.ts";
import { startCall, type SubresourceCall } from "../subresource_call.ts";
import type { LaunchedChannels } from "./container_options.ts";
import type { ContainerPlace } from "./container_state.ts";

/** An attach to a container that is open, and not yet read. */
export interface Attachment extends CallConnection {
  /** The options of its session, aside from the signal and the end. */
  readonly session: Omit<StreamSessionOptions, "signal" | "onEnd">;
}

/**
 * Attaches to the process of a container.
 *
 * @throws {HandshakeError} The server refuses: the container has ended, for
 * example.
 */
export async function attachContainer(
  place: ContainerPlace,
  channels: LaunchedChannels,
  signal: AbortSignal,
): Promise<Attachment> {
  const { context, pod, container, namespace } = place;
  const { stdin, tty, size } = channels;
  const options: AttachStreamOptions = {
    container,
    stdin,
    tty,
    timeout: null,
    signal,
    ...(namespace === undefined ? {} : { namespace }),
    ...(size === undefined ? {} : { size }),
  };
  const started = startCall(
    context,
    "attach",
    pod,
    options,
    (action) => streamRequest(action, "attach", options),
  );
  try {
    const { call, opened } = await openOnPod(started, negotiateStream);
    return { ...opened, session: sessionOptions(place, call, opened) };
  } finally {
    started.deadline.release();
  }
}

function sessionOptions(
  { context: { client } }: ContainerPlace,
  call: SubresourceCall<StreamRequest>,
  { protocol }: CallConnection,
): Attachment["session"] {
  const { stdin, stdout, stderr, tty, size } = call.request;
  return {
    stdin,
    stdout,
    stderr,
    tty,
    size,
    protocol,
    subresource: "attach",
    highWaterMark: client.highWaterMark,
    keepAlive: keepAliveOf(call),
    hideCredentials: (text) => client.hideCredentials(text),
  };
}
