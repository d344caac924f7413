import { Backoff } from "../../client/backoff.ts";
import { sleep } from "../../timers.ts";
import { ConnectError, HandshakeError } from "../../errors.ts";
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
import { type ContainerPlace, hasContainerEnded } from "./container_state.ts";

/** How long the end of a container may not be shown, in milliseconds. */
const SHOWN_WITHIN = 10_000;

/** The same where the refusal is not told, as by the standard WebSocket. */
const UNTOLD_WITHIN = 3_000;

const SHOWN_DELAYS = { first: 50, longest: 1_000 };

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

/**
 * The same for a container that may have ended, which its status shows later: the
 * kubelet does not find it any more.
 *
 * @returns Null if it has ended.
 */
export async function attachUnlessEnded(
  place: ContainerPlace,
  channels: LaunchedChannels,
  signal: AbortSignal,
): Promise<Attachment | null> {
  const backoff = new Backoff(SHOWN_DELAYS);
  const begun = performance.now();
  while (true) {
    try {
      return await attachContainer(place, channels, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (await hasContainerEnded(place, signal)) return null;
      if (performance.now() - begun > shownWithin(error)) throw error;
    }
    await sleep(backoff.next(), signal);
  }
}

/** For how long a refusal may be that of a container which has ended. */
function shownWithin(error: unknown): number {
  if (error instanceof ConnectError) return UNTOLD_WITHIN;
  if (!(error instanceof HandshakeError)) return 0;
  const { httpStatus } = error;
  return [400, 404].includes(httpStatus) || httpStatus >= 500
    ? SHOWN_WITHIN
    : 0;
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
