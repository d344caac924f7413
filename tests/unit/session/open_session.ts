import {
  openStreamSession,
  type StreamSessionOptions,
} from "../../../src/session/stream_session.ts";
import type { ChannelProtocol } from "../../../src/channel/subprotocols.ts";
import { FakeConnection } from "../../support/fake_connection.ts";

/** A session on a connection that the test plays the server of. */
export function openSession(options: Partial<StreamSessionOptions> = {}) {
  const protocol: ChannelProtocol = options.protocol ?? "v5.channel.k8s.io";
  const connection = new FakeConnection(protocol);
  const { stream, session } = openStreamSession(connection, {
    subresource: "exec",
    stdin: true,
    stdout: true,
    stderr: true,
    tty: false,
    size: undefined,
    highWaterMark: 1000,
    keepAlive: false,
    ...options,
    protocol,
  });
  return { connection, stream, session };
}
