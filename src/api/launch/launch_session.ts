import type { Bytes } from "../../bytes.ts";
import type { Deadline } from "../../client/deadline.ts";
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { CallSite } from "../../call_site.ts";
import { exitCodeOf } from "../../channel/status_frame.ts";
import { type ChannelProtocol, V4 } from "../../channel/subprotocols.ts";
import type { StreamSessionOptions } from "../../session/stream_session.ts";
import type { Connection } from "../../transport/transport.ts";
import { tieToClient } from "../open_stream.ts";
import { type Attachment, attachUnlessEnded } from "./attach_container.ts";
import { readEndedLog, readLogSoFar, readWholeLog } from "./container_log.ts";
import type { LaunchedChannels } from "./container_options.ts";
import {
  type ContainerPlace,
  isContainerRunning,
  statusOfEnd,
  waitForEnd,
} from "./container_state.ts";
import { withReturns } from "./line_returns.ts";
import {
  LaunchedConnection,
  type LaunchSource,
} from "./launched_connection.ts";
import { LaunchedSession } from "./launched_session.ts";

/** The most of a log that is read for what was written before an attach. */
const MOST_BEFORE = 64 * 2 ** 20;

/** How a session with a started container is made. */
export interface LaunchSessionOptions {
  /** The pod once the container was started. */
  readonly pod: Pod;
  readonly channels: LaunchedChannels;
  readonly deadline: Deadline;
  /** The caller's. */
  readonly signal: AbortSignal | null | undefined;
  readonly site: CallSite;
  /** Whether the container may go on after the session. */
  readonly outlives: boolean;
  /** Whether the log is wanted of what was written before. */
  readonly stitches: boolean;
  /** Called once the session has ended; never rejects. */
  readonly leave: () => Promise<Error | null>;
}

/** Attaches to a container that was started, and makes a session of it. */
export async function launchSession(
  place: ContainerPlace,
  options: LaunchSessionOptions,
): Promise<LaunchedSession> {
  const { context: { client }, pod, container } = place;
  const { channels, deadline, site, stitches, leave } = options;
  const attachment = await attach(place, options);
  const source = sourceOf(place, options);
  const protocol: ChannelProtocol = attachment?.protocol ?? V4;
  const connection = new LaunchedConnection(
    attachment?.connection ?? null,
    protocol,
    source,
    stitches,
  );
  const settings = attachment?.session ?? detached(place, channels, protocol);
  // A session outlives its clock, and listens to the caller's signal itself.
  deadline.release();
  const { signal } = deadline.signal.aborted ? deadline : options;
  const session = new LaunchedSession(connection, {
    ...settings,
    hasExitCode: true,
    signal,
    onEnd: ({ failure, status }) => {
      site.addTo(failure?.reason);
      ended(attachment?.connection, exitCodeOf(status), failure?.reason);
      void leave();
    },
  }, { pod, container, leave });
  // Closing the client closes the session, and waits for what undoes the launch.
  const gone = connection.released.then(leave);
  tieToClient(session, { released: gone.then(() => {}) }, client);
  return session;

  function ended(
    given: Connection | undefined,
    exitCode: number | null,
    error: unknown = null,
  ): void {
    if (given !== undefined) client.ended(given, { exitCode, error });
  }
}

/** Null if the container has ended already. */
async function attach(
  place: ContainerPlace,
  { pod, channels, deadline: { signal } }: LaunchSessionOptions,
): Promise<Attachment | null> {
  if (!isContainerRunning(pod, place.container)) return null;
  return await attachUnlessEnded(place, channels, signal);
}

function sourceOf(
  place: ContainerPlace,
  { pod, outlives, channels: { tty } }: LaunchSessionOptions,
): LaunchSource {
  // The log of a terminal may lack the CRs.
  const shown = (bytes: Bytes) => tty ? withReturns(bytes) : bytes;
  return {
    outlives,
    tty,
    readLog: async (signal) =>
      shown(await readLogSoFar(place, MOST_BEFORE, signal)),
    readEndedLog: (signal, take) => readEndedLog(place, signal, take),
    readWholeLog: (signal, take) =>
      readWholeLog(
        place,
        pod,
        signal,
        MOST_BEFORE,
        (bytes) => take(shown(bytes)),
      ),
    end: async (signal) => statusOfEnd(await waitForEnd(place, signal)),
  };
}

/** The settings of a session without a connection. */
function detached(
  { context: { client } }: ContainerPlace,
  { stdin, tty, size }: LaunchedChannels,
  protocol: ChannelProtocol,
): Omit<StreamSessionOptions, "signal" | "onEnd"> {
  return {
    stdin,
    stdout: true,
    stderr: !tty,
    tty,
    size,
    protocol,
    subresource: "attach",
    highWaterMark: client.highWaterMark,
    keepAlive: false,
  };
}
