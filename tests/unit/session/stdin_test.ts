import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { concatBytes, encodeText } from "../../../src/bytes.ts";
import {
  HalfCloseUnsupportedError,
  SessionEndedError,
} from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { pattern } from "../../support/bytes.ts";
import { macrotask, rejection, stateOf } from "../../support/async.ts";
import { openSession } from "./open_session.ts";

test("stdin: text and bytes become frames on channel 0", async () => {
  const { connection, stream } = openSession();
  await stream.write("hé");
  await stream.write(new Uint8Array([0, 255]));
  assertEquals(connection.sent, [
    new Uint8Array([0, ...encodeText("hé")]),
    new Uint8Array([0, 0, 255]),
  ]);
});

test("stdin: a large write goes out in frames of at most 32 KiB", async () => {
  const { connection, stream } = openSession();
  const sent = pattern(100_000);
  const before = sent.slice();
  await stream.write(sent);
  assertEquals(connection.sent.map((m) => m.byteLength), [
    32_769,
    32_769,
    32_769,
    1_697,
  ]);
  assertEquals(concatBytes(connection.sent.map((m) => m.slice(1))), sent);
  assertEquals(sent, before, "the caller's bytes are never changed");
});

test("stdin: closing it half-closes the channel, once", async () => {
  const { connection, stream } = openSession();
  await stream.write("x");
  await stream.closeStdin();
  await stream.closeStdin();
  assertEquals(connection.sent.slice(1), [new Uint8Array([255, 0])]);
});

test("stdin: closing its writer half-closes too, and closeStdin() after that is a no-op", async () => {
  const { connection, stream } = openSession();
  const writer = stream.stdin.getWriter();
  await writer.write(new Uint8Array([1]));
  await writer.close();
  writer.releaseLock();
  await stream.closeStdin();
  assertEquals(connection.sent.slice(1), [new Uint8Array([255, 0])]);
});

test("stdin: a write after its close rejects, and sends nothing", async () => {
  const { connection, stream } = openSession();
  await stream.closeStdin();
  await rejection(stream.write("late"), TypeError);
  assertEquals(connection.sent.length, 1);
});

test("stdin: concurrent writes and a close queue in order", async () => {
  const { connection, stream } = openSession();
  await Promise.all([
    stream.write("a"),
    stream.write("b"),
    stream.closeStdin(),
  ]);
  assertEquals(connection.sent.map((m) => [...m]), [[0, 97], [0, 98], [
    255,
    0,
  ]]);
});

test("stdin: a write waits while the socket is full, and goes on when it drains", async () => {
  const { connection, stream } = openSession();
  connection.hasRoom = false;
  const write = stream.write(pattern(40_000));
  assertEquals(await stateOf(write), "pending");
  assertEquals(connection.sent.length, 1);
  connection.drain();
  await write;
  assertEquals(connection.sent.length, 2);
});

test("stdin: on v4 closeStdin() rejects with HalfCloseUnsupportedError, and the session stays usable", async () => {
  const { connection, stream } = openSession({ protocol: "v4.channel.k8s.io" });
  for (let round = 0; round < 2; round++) {
    const error = await rejection(
      stream.closeStdin(),
      HalfCloseUnsupportedError,
    );
    assertEquals(error.protocol, "v4.channel.k8s.io");
  }
  await stream.write("still here");
  connection.exit(0);
  assertEquals(await stream.exitCode, 0);
  assertEquals(connection.sent.length, 1);
});

test("stdin: exec with a tty sends EOT at its end, on v5 and on v4", async () => {
  for (const protocol of ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const) {
    const { connection, stream } = openSession({ tty: true, protocol });
    await stream.closeStdin();
    await stream.closeStdin();
    assertEquals(connection.sent, [new Uint8Array([0, 4])]);
  }
});

test("stdin: attach with a tty only ends the local stream", async () => {
  const { connection, stream } = openSession({
    tty: true,
    subresource: "attach",
  });
  await stream.closeStdin();
  await rejection(stream.write("x"), TypeError);
  assertEquals(connection.sent, []);
});

test("stdin: attach without a tty half-closes", async () => {
  const { connection, stream } = openSession({ subresource: "attach" });
  await stream.closeStdin();
  assertEquals(connection.sent, [new Uint8Array([255, 0])]);
});

test("stdin: close() sends neither EOT nor a half-close", async () => {
  for (const tty of [true, false]) {
    const { connection, stream } = openSession({ tty });
    await stream.close();
    assertEquals(connection.sent, []);
  }
});

test("stdin: not requested: writes reject, its stream is errored, closeStdin() is a no-op", async () => {
  const { connection, stream } = openSession({ stdin: false });
  await stream.closeStdin();
  await assertRejects(
    () => stream.write("x"),
    TypeError,
    "Cannot write to stdin: the session was opened without stdin",
  );
  await assertRejects(
    () => stream.stdin.getWriter().write(new Uint8Array(1)),
    TypeError,
    "opened without stdin",
  );
  assertEquals(connection.sent, []);
});

test("stdin: write() and closeStdin() reject while the stream is locked", async () => {
  const { stream } = openSession();
  const writer = stream.stdin.getWriter();
  await assertRejects(() => stream.write("x"), TypeError, "holds its lock");
  await assertRejects(() => stream.closeStdin(), TypeError, "holds its lock");
  writer.releaseLock();
  await stream.write("x");
  await stream.closeStdin();
});

test("stdin: a chunk that is not bytes is a TypeError, and nothing of it is sent", async () => {
  const { connection, stream } = openSession();
  for (const bad of [1, null, {}, undefined]) {
    await assertRejects(
      () => stream.write(bad as never),
      TypeError,
      "not bytes",
    );
  }
  await stream.write("still fine");
  const writer = stream.stdin.getWriter();
  await assertRejects(
    () => writer.write("text" as never),
    TypeError,
    "a string",
  );
  assertEquals(connection.sent.length, 1);
});

test("stdin: abort(reason) never half-closes: it ends the session with the reason", async () => {
  const { connection, stream } = openSession();
  const reason = new Error("the upload broke");
  await stream.stdin.abort(reason);
  assertEquals(await rejection(stream.waitForStatus()), reason);
  assertEquals(await rejection(stream.exitCode), reason);
  assertEquals(await rejection(stream.stdout.getReader().read()), reason);
  assertEquals(connection.sent, []);
});

test("stdin: abort(reason) ends the session also while a write waits for room", async () => {
  const { connection, stream } = openSession();
  connection.hasRoom = false;
  const write = stream.write(pattern(40_000)).catch((error) => error);
  await macrotask();
  const reason = new Error("give up");
  const aborted = stream.stdin.abort(reason);
  // Bun before 1.4 calls abort once the write has settled, not before.
  if (!tellsOfAborts()) connection.drain();
  await aborted;
  assertEquals(await rejection(stream.waitForStatus()), reason);
  if (tellsOfAborts()) assertEquals(await write, reason);
  assertEquals(connection.ended, "closed");
});

test("stdin: closeStdin() beside a close of its stream is one close", async () => {
  const { connection, stream } = openSession();
  const closed = stream.stdin.close();
  await stream.closeStdin();
  await stream.closeStdin();
  await closed;
  assertEquals(connection.sent, [new Uint8Array([255, 0])]);
});

test("stdin: a pipe that fails ends the session with its reason", async () => {
  const { connection, stream } = openSession();
  const reason = new Error("disk error");
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(reason),
  });
  assertEquals(await rejection(source.pipeTo(stream.stdin)), reason);
  assertEquals(await rejection(stream.waitForStatus()), reason);
  assertEquals(connection.sent, []);
});

test("stdin: after the status pending and later writes reject with SessionEndedError { status }", async () => {
  const { connection, stream } = openSession();
  connection.hasRoom = false;
  const pending = rejection(stream.write(pattern(40_000)), SessionEndedError);
  const queued = rejection(stream.write("behind it"), SessionEndedError);
  await macrotask();
  connection.exit(0);
  const later = rejection(stream.write("later"), SessionEndedError);
  for (const promise of [pending, queued, later]) {
    assertEquals((await promise).status, { status: "Success" });
  }
  await stream.closeStdin();
});

test("stdin: a pipe into a session that ended rejects, and cancels its source", async () => {
  const { connection, stream } = openSession();
  let cancelled: unknown;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(pattern(10)),
    cancel: (reason) => void (cancelled = reason),
  });
  connection.hasRoom = false;
  const piped = rejection(source.pipeTo(stream.stdin));
  await macrotask();
  connection.exit(1);
  assertInstanceOf(await piped, SessionEndedError);
  assertInstanceOf(cancelled, SessionEndedError);
});

/** Whether a stream's controller has the standard's abort signal. */
function tellsOfAborts(): boolean {
  let tells = false;
  new WritableStream({
    start(controller) {
      tells = controller.signal !== undefined;
    },
  });
  return tells;
}
