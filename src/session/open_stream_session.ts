import { CHANNEL } from "../channel/channels.ts";
import { encodeResize } from "../channel/resize.ts";
import type { TerminalSize } from "../request/terminal_size.ts";
import {
  type ChannelProtocol,
  supportsHalfClose,
} from "../channel/subprotocols.ts";
import { HalfCloseUnsupportedError } from "../errors.ts";
import { FlowControl } from "../streams/flow_control.ts";
import { InputChannel } from "../streams/input_channel.ts";
import { OutputChannel } from "../streams/output_channel.ts";
import type { Connection } from "../transport/transport.ts";
import { ChannelSession } from "./channel_session.ts";
import type { KeepAliveOptions } from "./keep_alive.ts";
import { endedError } from "./outcome.ts";
import { notRequested, StreamSession } from "./stream_session.ts";

/** What {@linkcode openStreamSession} needs to know. */
export interface StreamSessionOptions {
  readonly protocol: ChannelProtocol;
  readonly subresource: "exec" | "attach";
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
  readonly size: TerminalSize | undefined;
  readonly highWaterMark: number;
  readonly keepAlive: KeepAliveOptions | false;
}

/** The session as its user sees it, and as its maker does. */
export interface OpenedStreamSession {
  readonly stream: StreamSession;
  readonly session: ChannelSession;
}

/** What a terminal sends for Ctrl-D: end of transmission. */
const EOT = new Uint8Array([4]);

/** Puts the streams around a connection, and begins to receive. */
export function openStreamSession(
  connection: Connection,
  options: StreamSessionOptions,
): OpenedStreamSession {
  const { protocol, tty, highWaterMark: mark } = options;
  const flow = new FlowControl(connection);
  const changed = () => flow.update();
  const stdout = new OutputChannel("stdout", mark, changed);
  const stderr = new OutputChannel("stderr", mark, changed);
  flow.watch([stdout, stderr]);
  const session = new ChannelSession({
    connection,
    stdout: options.stdout ? stdout : null,
    stderr: options.stderr && !tty ? stderr : null,
    keepAlive: options.keepAlive,
    paused: () => flow.paused,
  });
  if (!options.stdout) stdout.end();
  if (!options.stderr || tty) stderr.end();
  const input = options.stdin ? inputOf(session, options) : null;
  session.onEnd(() => {
    flow.stop();
    input?.fail(session.endedReason("write to stdin"));
  });
  const stream = new StreamSession({
    protocol,
    session,
    flow,
    input,
    stdin: input?.writable ?? erroredStdin(),
    stdout: stdout.readable,
    stderr: stderr.readable,
    tty,
    subresource: options.subresource,
    checkCloseStdin: () => checkHalfClose(protocol, tty),
    drop: () => {
      for (const channel of [stdout, stderr]) {
        channel.fail(endedError("read", session.outcome?.status ?? null), true);
      }
    },
  });
  session.start();
  if (tty && options.size) {
    session.send(CHANNEL.resize, encodeResize(options.size));
  }
  return { stream, session };
}

function inputOf(
  session: ChannelSession,
  options: StreamSessionOptions,
): InputChannel {
  const { protocol, tty, subresource } = options;
  return new InputChannel({
    send: (payload) => session.send(CHANNEL.stdin, payload),
    drained: () => session.drained(),
    finish: () => {
      checkHalfClose(protocol, tty);
      if (!tty) session.halfCloseStdin();
      else if (subresource === "exec") session.send(CHANNEL.stdin, EOT);
    },
    aborted: (reason) => session.end({ kind: "aborted", reason }),
  });
}

/** A terminal's end of input is a character; without one it takes v5. */
function checkHalfClose(protocol: ChannelProtocol, tty: boolean): void {
  if (tty || supportsHalfClose(protocol)) return;
  throw new HalfCloseUnsupportedError(
    `Cannot close stdin: the server speaks ${protocol}, which has no way to ` +
      `say the end of one channel`,
    { protocol },
  );
}

function erroredStdin(): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    start: (controller) => controller.error(notRequested("write to stdin")),
  });
}
