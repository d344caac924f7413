import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  BufferOverflowError,
  ConnectionLostError,
  ProtocolError,
  SessionEndedError,
} from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { filled, textOf } from "../../support/bytes.ts";
import {
  eventually,
  macrotask,
  rejection,
  stateOf,
} from "../../support/async.ts";
import { openSession } from "./open_session.ts";

test("session: each channel is a stream of exactly its bytes", async () => {
  const { connection, stream } = openSession();
  const texts = Promise.all([textOf(stream.stdout), textOf(stream.stderr)]);
  connection.message(1, "out1 ");
  connection.message(2, "err");
  connection.message(1, "out2");
  connection.exit(0);
  assertEquals(await texts, ["out1 out2", "err"]);
});

test("session: lines() reads stdout by lines, the unterminated last one too", async () => {
  const { connection, stream } = openSession();
  const lines = Array.fromAsync(stream.lines());
  connection.message(1, "one\r\ntw");
  connection.message(1, "o\n\nthr");
  connection.message(1, "ee");
  connection.exit(0);
  assertEquals(await lines, ["one", "two", "", "three"]);
});

test("session: lines() gives whole lines, then the error", async () => {
  const { connection, stream } = openSession();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const line of stream.lines()) seen.push(line);
  })();
  connection.message(1, "one\ntw");
  connection.drop({ code: 1006, reason: "" });
  await assertRejects(() => reading, ConnectionLostError);
  assertEquals(seen, ["one"]);
});

test("session: leaving the loop over lines() cancels stdout", async () => {
  const { connection, stream } = openSession();
  connection.message(1, "one\ntwo\n");
  for await (const line of stream.lines()) {
    assertEquals(line, "one");
    break;
  }
  connection.message(1, filled(2000));
  assertEquals(connection.paused, false);
  connection.exit(0);
  assertEquals(await stream.exitCode, 0);
  await assertRejects(async () => {
    const reader = stream.stdout.getReader();
    await stream.lines().next();
    reader.releaseLock();
  }, TypeError);
});

test("session: the status is one cached outcome", async () => {
  const { connection, stream } = openSession();
  const first = stream.waitForStatus();
  connection.exit(7);
  assertEquals((await first)?.reason, "NonZeroExitCode");
  assertStrictEquals(await stream.waitForStatus(), await first);
  assertEquals([await stream.exitCode, await stream.exitCode], [7, 7]);
});

test("session: it ends at the status, without waiting for the server to close", async () => {
  const { connection, stream } = openSession();
  connection.message(1, "all of it");
  connection.exit(0);
  assertEquals(await stream.exitCode, 0);
  assertEquals(await textOf(stream.stdout), "all of it");
  assertEquals(connection.ended, "closed");
});

test("session: the status arrives with stdout undrained, and the output is still there", async () => {
  const { connection, stream } = openSession();
  connection.message(1, filled(900));
  connection.exit(0);
  assertEquals((await stream.waitForStatus())?.status, "Success");
  assertEquals((await textOf(stream.stdout)).length, 900);
});

test("session: waitForStatus() never hangs because output was left unread", async () => {
  const { connection, stream } = openSession();
  const code = stream.waitForStatus();
  connection.message(1, filled(1000));
  assertEquals(connection.paused, true);
  await macrotask();
  assertEquals(connection.paused, false);
  connection.message(1, filled(50));
  connection.exit(0);
  assertEquals((await code)?.status, "Success");
  await assertRejects(() => textOf(stream.stdout), BufferOverflowError);
});

test("session: reading exitCode is not a wait, so nothing is discarded; awaiting it is one", async () => {
  const { connection, stream } = openSession();
  const { exitCode } = stream;
  assertEquals(typeof exitCode.then, "function");
  connection.message(1, filled(1000));
  await macrotask();
  assertEquals(connection.paused, true);
  const awaited = (async () => await exitCode)();
  await eventually(() => !connection.paused);
  connection.exit(3);
  assertEquals(await awaited, 3);
  assertEquals(await stream.exitCode.then((code) => code), 3);
});

test("session: Promise.all of the status and stdout loses nothing", async () => {
  const { connection, stream } = openSession();
  connection.message(1, filled(1000));
  const both = Promise.all([stream.waitForStatus(), textOf(stream.stdout)]);
  for (let i = 0; i < 20; i++) {
    await macrotask();
    if (!connection.paused) connection.message(1, filled(400));
  }
  connection.exit(0);
  const [status, text] = await both;
  assertEquals(status?.status, "Success");
  assertEquals(text.length, 1000 + 20 * 400);
});

test("session: a close 1000 without a status is null, not success", async () => {
  const { connection, stream } = openSession();
  connection.drop({ code: 1000, reason: "" });
  assertEquals([await stream.waitForStatus(), await stream.exitCode], [
    null,
    null,
  ]);
});

test("session: a drop without a status is ConnectionLostError, behind the bytes", async () => {
  const { connection, stream } = openSession();
  connection.message(1, "before");
  connection.drop({ code: 1006, reason: "the socket was reset" });
  const reader = stream.stdout.getReader();
  assertEquals((await reader.read()).value?.byteLength, 6);
  await rejection(reader.read(), ConnectionLostError);
  await rejection(stream.exitCode, ConnectionLostError);
  await rejection(stream.write("x"), ConnectionLostError);
});

test("session: a failure without a waiter is not an unhandled rejection", async () => {
  const { connection, stream } = openSession();
  void stream.exitCode;
  void stream.waitForStatus();
  connection.drop({ code: 1006, reason: "" });
  await macrotask();
});

test("session: a drop after the status changes nothing", async () => {
  const { connection, stream } = openSession();
  connection.exit(5);
  connection.drop({ code: 1006, reason: "" });
  assertEquals(await stream.exitCode, 5);
});

test("session: a status that cannot be read counts as none, and does not end the output", async () => {
  const { connection, stream } = openSession();
  connection.message(3, "not json");
  connection.message(1, "more");
  connection.drop({ code: 1000, reason: "" });
  assertEquals(await stream.waitForStatus(), null);
  assertEquals(await textOf(stream.stdout), "more");
});

test("session: an unreadable status and then silence ends within about a second, with null", async () => {
  const { connection, stream } = openSession();
  connection.message(3, "[]");
  assertEquals(await stateOf(stream.waitForStatus()), "pending");
  assertEquals(await stream.waitForStatus(), null);
  assertEquals(connection.ended, "closed");
});

test("session: a status too long to keep is one that cannot be read", async () => {
  const { connection, stream } = openSession();
  connection.message(3, filled(2 ** 20 + 1));
  assertEquals(await stream.waitForStatus(), null);
});

test("session: stderr ends at once with a tty, and what comes on it is dropped", async () => {
  const { connection, stream } = openSession({ tty: true });
  assertEquals(await textOf(stream.stderr), "");
  connection.message(2, "stray");
  connection.message(1, "merged");
  connection.exit(0);
  assertEquals(await textOf(stream.stdout), "merged");
});

test("session: a channel that was not requested ends at once", async () => {
  const { connection, stream } = openSession({ stdout: false });
  assertEquals(await textOf(stream.stdout), "");
  connection.message(1, "unasked");
  connection.message(2, "asked");
  connection.exit(0);
  assertEquals(await textOf(stream.stderr), "asked");
});

test("session: cancelling one channel does not affect the other", async () => {
  const { connection, stream } = openSession();
  await stream.stdout.cancel();
  connection.message(1, filled(5_000));
  connection.message(2, "kept");
  connection.exit(0);
  assertEquals(await textOf(stream.stderr), "kept");
  assertEquals(await stream.exitCode, 0);
});

test("session: the initial size is sent first, with a tty", async () => {
  const size = { width: 120, height: 40 };
  const { connection, stream } = openSession({ tty: true, size });
  await stream.write("x");
  assertEquals(
    connection.sent.map((m) => new TextDecoder().decode(m)),
    ['\x04{"Width":120,"Height":40}', "\0x"],
  );
});

test("session: resize sends compact JSON on channel 4, also while output is read", async () => {
  const { connection, stream } = openSession({ tty: true });
  const text = textOf(stream.stdout);
  connection.message(1, "a");
  await stream.resize({ width: 80, height: 24 });
  connection.message(1, "b");
  connection.exit(0);
  assertEquals(await text, "ab");
  assertEquals(
    new TextDecoder().decode(connection.sent[0]),
    '\x04{"Width":80,"Height":24}',
  );
});

test("session: a bad size is refused before anything is sent", async () => {
  const { connection, stream } = openSession({ tty: true });
  for (
    const size of [
      { width: 0, height: 24 },
      { width: 80, height: -1 },
      { width: 65_536, height: 24 },
    ]
  ) await assertRejects(() => stream.resize(size), RangeError);
  assertEquals(connection.sent, []);
});

test("session: resize without a tty is a TypeError, after the end a SessionEndedError", async () => {
  const size = { width: 80, height: 24 };
  const plain = openSession();
  await assertRejects(
    () => plain.stream.resize(size),
    TypeError,
    "without a tty",
  );
  const ended = openSession({ tty: true });
  ended.connection.exit(0);
  await assertRejects(() => ended.stream.resize(size), SessionEndedError);
});

test("session: after close() the status is null, and reads reject with SessionEndedError", async () => {
  const { connection, stream } = openSession();
  connection.message(1, "queued");
  const pending = stream.waitForStatus();
  await stream.close();
  await stream.close();
  assertEquals([await pending, await stream.exitCode], [null, null]);
  await assertRejects(() => textOf(stream.stdout), SessionEndedError);
  await assertRejects(() => stream.write("x"), SessionEndedError);
});

test("session: close() after the end keeps the status, and drops what is queued", async () => {
  const { connection, stream } = openSession();
  connection.message(1, "queued");
  connection.exit(4);
  await stream.close();
  assertEquals(await stream.exitCode, 4);
  await assertRejects(() => textOf(stream.stdout), SessionEndedError);
});

test("session: a pending read settles when the session is closed", async () => {
  const { stream } = openSession();
  const read = rejection(stream.stdout.getReader().read());
  await stream.close();
  assertInstanceOf(await read, SessionEndedError);
});

test("session: an exception in the body still closes (asyncDispose)", async () => {
  const { connection, stream } = openSession();
  await stream[Symbol.asyncDispose]();
  assertEquals(connection.ended, "closed");
});

test("session: attach has no exit code: always null", async () => {
  const { connection, stream } = openSession({ subresource: "attach" });
  connection.exit(0);
  assertEquals(await stream.exitCode, null);
  assertEquals((await stream.waitForStatus())?.status, "Success");
});

test("session: the first of two endings in one turn wins", async () => {
  const { connection, stream, abort } = openSession();
  connection.exit(2);
  abort(new Error("too late"));
  assertEquals(await stream.exitCode, 2);
});

test("session: a late write quotes the server's words", async () => {
  const { connection, stream } = openSession();
  connection.status({
    status: "Failure",
    message: "container not found\n\u001b[2J",
  });
  await stream.waitForStatus();
  const error = await rejection(stream.write("late"), SessionEndedError);
  assertEquals(
    error.message,
    "Cannot write to stdin: the session has ended with Failure: " +
      '"container not found"',
  );
  const other = openSession();
  other.connection.message(3, "no shell");
  other.connection.drop({ code: 1000, reason: "" });
  const late = await rejection(other.stream.write("late"), SessionEndedError);
  assertEquals(
    late.message,
    'Cannot write to stdin: the session has ended: "no shell"',
  );
});

test("session: text with a lone surrogate is refused, and nothing is sent", async () => {
  const { connection, stream } = openSession();
  const error = await rejection(stream.write("a\ud800b"), TypeError);
  assertEquals(
    error.message,
    "Cannot write to stdin: the text is not valid Unicode: it has a lone surrogate",
  );
  assertEquals(connection.sent, []);
  await stream.write("😀");
  assertEquals(connection.sent.length, 1);
  await stream.close();
});

test("stream session: our own token in the server's texts is not shown", async () => {
  const hideCredentials = (text: string) => text.replaceAll("s3cret", "***");
  const lost = openSession({ hideCredentials });
  lost.connection.drop({ code: 1011, reason: "got s3cret" });
  const end = await rejection(lost.stream.waitForStatus());
  assertEquals((end as ConnectionLostError).reason, "got ***");
  const broken = openSession({ hideCredentials });
  const error = new ProtocolError('it is a text frame, "s3cret"');
  broken.connection.drop({ code: 1006, reason: error.message, error });
  assertEquals(await rejection(broken.stream.waitForStatus()), error);
  // Bun's inspect would quote this file.
  assertEquals(error.message, 'it is a text frame, "***"');
  assertEquals(error.stack?.includes("s3cret"), false);
  const failed = openSession({ hideCredentials });
  failed.connection.status({ status: "Failure", message: "got s3cret" });
  assertEquals(await failed.stream.waitForStatus(), {
    status: "Failure",
    message: "got ***",
  });
});

test("session: a stream is made when it is first asked for", async () => {
  const { ReadableStream, WritableStream } = globalThis;
  let made = 0;
  const counting = <Class extends new (...args: never[]) => object>(
    of: Class,
  ) =>
    new Proxy(of, {
      construct(target, args) {
        made++;
        return Reflect.construct(target, args);
      },
    });
  Object.assign(globalThis, {
    ReadableStream: counting(ReadableStream),
    WritableStream: counting(WritableStream),
  });
  try {
    const { connection, stream } = openSession();
    connection.message(1, "kept");
    assertEquals(made, 0);
    const { stdin, stdout, stderr } = stream;
    assertEquals(made, 3);
    assertStrictEquals(stream.stdin, stdin);
    assertStrictEquals(stream.stdout, stdout);
    assertStrictEquals(stream.stderr, stderr);
    connection.exit(0);
    assertEquals(await textOf(stdout), "kept");
  } finally {
    Object.assign(globalThis, { ReadableStream, WritableStream });
  }
});

test("session: a stream asked for after the end is ended, with what was kept", async () => {
  const { connection, stream } = openSession();
  connection.message(1, "kept");
  connection.exit(0);
  assertEquals(await textOf(stream.stdout), "kept");
  assertEquals(await textOf(stream.stderr), "");
  await assertRejects(
    () => stream.stdin.getWriter().write(Uint8Array.of(1)),
    SessionEndedError,
  );
});

test("session: a stream asked for after an abort is errored with its reason", async () => {
  const { connection, stream, abort } = openSession();
  connection.message(1, "dropped");
  const reason = new Error("enough");
  abort(reason);
  assertStrictEquals(await rejection(textOf(stream.stdout)), reason);
  assertStrictEquals(await rejection(textOf(stream.stderr)), reason);
  assertStrictEquals(
    await rejection(stream.stdin.getWriter().write(Uint8Array.of(1))),
    reason,
  );
});
