import {
  StreamSession,
  type StreamSessionOptions,
} from "../../../src/session/stream_session.ts";
import type { ChannelProtocol } from "../../../src/channel/subprotocols.ts";
import { FakeConnection } from "../../support/fake_connection.ts";

/** A session on a connection for which the test plays the server. */
export function openSession(options: Partial<StreamSessionOptions> = {}) {
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
    keepAlive: false,
    signal: controller.signal,
    onEnd: () => {},
    ...options,
    protocol,
  });
  const abort = (reason: unknown) => controller.abort(reason);
  return { connection, stream, abort };
}
