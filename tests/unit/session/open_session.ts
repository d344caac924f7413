import {
  StreamSession,
  type StreamSessionOptions,
} from "../../../src/session/stream_session.ts";
import type { KeepAliveSettings } from "../../../src/session/keep_alive.ts";
import type { ChannelProtocol } from "../../../src/channel/subprotocols.ts";
import { FakeConnection } from "../../support/fake_connection.ts";

interface OpenOptions extends Partial<Omit<StreamSessionOptions, "keepAlive">> {
  readonly keepAlive?: Partial<KeepAliveSettings> | false;
}

/** A keep-alive that does nothing in the time of a test. */
export const KEEP_ALIVE: KeepAliveSettings = {
  interval: 60_000,
  timeout: 60_000,
  activity: 60_000,
  pings: true,
};

/** A session on a connection for which the test plays the server. */
export function openSession(options: OpenOptions = {}) {
  const { keepAlive = false } = options;
  const protocol: ChannelProtocol = options.protocol ?? "v5.channel.k8s.io";
  const connection = new FakeConnection(protocol);
  const controller = new AbortController();
  const stream = new StreamSession(connection, {
    subresource: "exec",
    stdin: true,
    stdout: true,
    stderr: true,
    tty: false,
    size: undefined,
    highWaterMark: 1000,
    signal: controller.signal,
    onEnd: () => {},
    ...options,
    keepAlive: keepAlive && { ...KEEP_ALIVE, ...keepAlive },
    protocol,
  });
  const abort = (reason: unknown) => controller.abort(reason);
  return { connection, stream, abort };
}
