import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { encodeFrame } from "../../../src/channel/frame.ts";
import { ConnectionLostError } from "../../../src/errors.ts";
import { ChannelSession } from "../../../src/session/channel_session.ts";
import { test } from "../../harness.ts";
import { filled } from "../../support/bytes.ts";
import { FakeConnection } from "../../support/fake_connection.ts";
import { runtimeArgs } from "../../support/podwire_command.ts";
import { observeChild } from "../../support/observed_child.ts";
import {
  blockEventLoop,
  delay,
  eventually,
  rejection,
  stateOf,
} from "../../support/async.ts";
import { KEEP_ALIVE, openSession } from "./open_session.ts";

const keepAlive = { interval: 20, timeout: 50 };

test("keepalive: a quiet connection is pinged", async () => {
  const { connection, stream } = openSession({
    keepAlive: { interval: 10, timeout: 10_000 },
  });
  for (let i = 0; i < 100 && connection.pings < 2; i++) {
    await delay(10);
    connection.pong();
  }
  assert(connection.pings >= 2);
  await stream.close();
});

test("keepalive: a server that answers nothing is lost, and the error says so", async () => {
  const { connection, stream } = openSession({ keepAlive });
  const error = await rejection(stream.waitForStatus(), ConnectionLostError);
  assert(error.message.includes("nothing was received for"), error.message);
  assertEquals(connection.ended, "aborted");
});

test(
  "keepalive: a silent server is lost when ticks and the last check coincide",
  async () => {
    // A hundred milliseconds are between the last tick and the check after it.
    const sessions = [25, 50, 100].map((interval) =>
      openSession({ keepAlive: { interval, timeout: 100 } })
    );
    await Promise.all(
      sessions.map(({ stream }) =>
        rejection(stream.waitForStatus(), ConnectionLostError)
      ),
    );
  },
  { timeout: 5_000 },
);

test("keepalive: a pong keeps it alive", async () => {
  const { connection, stream } = openSession({
    keepAlive: { interval: 20, timeout: 200 },
  });
  const status = stream.waitForStatus();
  for (let i = 0; i < 80; i++) {
    connection.pong();
    await delay(5);
  }
  assertEquals(await stateOf(status), "pending");
  await stream.close();
});

test("keepalive: while we do not read, silence means nothing", async () => {
  const { connection, stream } = openSession({ keepAlive });
  connection.message(1, filled(1000));
  assertEquals(connection.paused, true);
  await delay(200);
  assertEquals(connection.ended, null);
  await stream.close();
});

test("keepalive: a ping behind much unread input suspends the deadline until its pong", async () => {
  const { connection, stream } = openSession({ keepAlive });
  await stream.write(filled(10_000));
  await delay(200);
  assertEquals([connection.ended, connection.pings], [null, 1]);
  connection.pong();
  await rejection(stream.waitForStatus(), ConnectionLostError);
});

test("keepalive: a few typed bytes suspend nothing", async () => {
  const { stream } = openSession({ keepAlive });
  await stream.write("typed");
  await rejection(stream.waitForStatus(), ConnectionLostError);
});

test("keepalive: no ping is sent while the socket is full", async () => {
  const { connection, stream } = openSession({
    keepAlive: { interval: 10, timeout: 10_000 },
  });
  connection.hasRoom = false;
  const write = rejection(stream.write(filled(100)));
  await delay(100);
  assertEquals(connection.pings, 0);
  await stream.close();
  await write;
});

test("keepalive: a blocked event loop does not count as silence of the server", async () => {
  const { connection, stream } = openSession({
    keepAlive: { interval: 100, timeout: 250 },
  });
  for (let i = 0; i < 200 && connection.pings < 1; i++) await delay(5);
  // The pong comes meanwhile, but timers run before sockets.
  blockEventLoop(600);
  await delay(1);
  assertEquals([connection.pings, connection.ended], [1, null]);
  connection.pong();
  await stream.close();
});

test("keepalive: a server that is gone is noticed though the event loop is blocked again and again", async () => {
  const { connection, stream } = openSession({ keepAlive });
  const lost = rejection(stream.waitForStatus(), ConnectionLostError);
  for (let i = 0; i < 50 && connection.ended === null; i++) {
    blockEventLoop(60);
    await delay(1);
  }
  assertEquals(connection.ended, "aborted");
  await lost;
});

test("keepalive: false turns it off", async () => {
  const { connection, stream } = openSession({ keepAlive: false });
  await delay(100);
  assertEquals([connection.pings, connection.ended], [0, null]);
  await stream.close();
});

test("keepalive: an empty message follows a time without data, and pongs are no data", async () => {
  const begun = performance.now();
  const { connection, stream } = openSession({
    keepAlive: { activity: 100, interval: 20, timeout: 10_000 },
  });
  for (let i = 0; i < 200 && connection.sent.length < 2; i++) {
    await delay(10);
    connection.pong();
  }
  assert(performance.now() - begun >= 195);
  assertEquals(connection.sent, [new Uint8Array(), new Uint8Array()]);
  await stream.close();
});

test("keepalive: data in either direction postpones the empty message", async () => {
  let now = 0;
  const connection = new FakeConnection();
  const session = new ChannelSession({
    connection,
    stdout: null,
    stderr: null,
    keepAlive: { ...KEEP_ALIVE, activity: 20 },
    paused: () => false,
    now: () => now,
  });
  session.start();
  const typed = encodeFrame(0, Uint8Array.of(1));
  const data = [
    () => connection.message(1, "x"),
    () => session.send(0, Uint8Array.of(1)),
  ];
  for (const pass of data) {
    now += 19;
    pass();
    now += 19;
    await delay(60);
  }
  assertEquals(connection.sent, [typed]);
  now += 1;
  await eventually(() => connection.sent.length > 1);
  assertEquals(connection.sent, [typed, new Uint8Array()]);
  session.end({ kind: "disposed" });
});

test("keepalive: without pings the empty messages stay, and silence loses nothing", async () => {
  const { connection, stream } = openSession({
    keepAlive: { pings: false, activity: 30, interval: 10, timeout: 20 },
  });
  for (let i = 0; i < 200 && connection.sent.length < 3; i++) await delay(10);
  assertEquals([connection.pings, connection.ended], [0, null]);
  assertEquals(connection.sent.length >= 3, true);
  await stream.close();
  const { length } = connection.sent;
  await delay(100);
  assertEquals(connection.sent.length, length);
});

// Before 2.7 a timer of Deno's is a number.
if (typeof setTimeout(() => {}) !== "number") {
  test("keepalive: its timer keeps no process alive", async () => {
    const program = new URL("left_open.ts", import.meta.url);
    const args = [...runtimeArgs(), fileURLToPath(program)];
    const child = observeChild(
      spawn(process.execPath, args, { stdio: "inherit" }),
    );
    const code = await new Promise((resolve) => child.once("exit", resolve));
    assertEquals(code, 0);
  });
}
