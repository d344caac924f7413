import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionLostError, ProtocolError } from "../../../src/errors.ts";
import { ChannelSession } from "../../../src/session/channel_session.ts";
import type { CloseInfo } from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";
import { FakeConnection } from "../../support/fake_connection.ts";

const HOUR = 3_600_000;
const LOST = { code: 1006, reason: "the connection broke: read ECONNRESET" };

/** The failure of a session that is idle for a time and then lost. */
async function lostAfter(
  idle: number,
  info: CloseInfo,
  before: (session: ChannelSession, connection: FakeConnection) => void =
    () => {},
): Promise<unknown> {
  let now = 1_000;
  const connection = new FakeConnection();
  const session = new ChannelSession({
    connection,
    stdout: null,
    stderr: null,
    keepAlive: false,
    paused: () => false,
    now: () => now,
  });
  session.start();
  now += HOUR;
  before(session, connection);
  now += idle;
  connection.drop(info);
  return (await session.settled).failure?.reason;
}

test("idle: the error of a session lost after 4 idle hours names the likely cause", async () => {
  const error = await lostAfter(3 * HOUR + 60_000, LOST);
  assertInstanceOf(error, ConnectionLostError);
  const { message, reason } = error as ConnectionLostError;
  assertEquals(
    message,
    "Lost the connection before a status arrived (close code 1006): " +
      "the connection broke: read ECONNRESET; no data had passed for " +
      "4 h 1 min, and a server cuts an idle session, by default after 4 h " +
      "(pings do not count; see keepAlive.activity)",
  );
  assert(message.endsWith(reason));
});

test("idle: data in either direction restarts the time, a pong does not", async () => {
  const cases: [string, Parameters<typeof lostAfter>[2]][] = [
    ["for 30 min,", (_, connection) => connection.message(1, "x")],
    ["for 30 min,", (session) => session.send(0, Uint8Array.of(1))],
    ["for 1 h 30 min,", (_, connection) => connection.pong()],
  ];
  for (const [duration, before] of cases) {
    const error = await lostAfter(HOUR / 2, LOST, before);
    assert(`${error}`.includes(duration), `${error}`);
  }
});

test("idle: nothing is added to an end with another cause", async () => {
  const text = (_: ChannelSession, connection: FakeConnection) =>
    connection.message(1, "x");
  const soon = await lostAfter(30_000, LOST, text);
  assert(`${soon}`.endsWith(LOST.reason), `${soon}`);
  const closed = await lostAfter(HOUR, { code: 1011, reason: "broken" });
  assert(`${closed}`.endsWith("(close code 1011): broken"), `${closed}`);
  const fault = new ProtocolError("Cannot read the message: no");
  const error = await lostAfter(HOUR, { ...LOST, error: fault });
  assertEquals(error, fault);
});
