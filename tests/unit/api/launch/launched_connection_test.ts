import { assertEquals, assertMatch } from "@std/assert";
import {
  LaunchedConnection,
  type LaunchSource,
} from "../../../../src/api/launch/launched_connection.ts";
import { concatBytes, decodeText, encodeText } from "../../../../src/bytes.ts";
import { ApiError, ConnectionLostError } from "../../../../src/errors.ts";
import { StreamSession } from "../../../../src/session/stream_session.ts";
import type { Status } from "../../../../src/status.ts";
import { test } from "../../../harness.ts";
import { delay, rejection } from "../../../support/async.ts";
import { collectText } from "../../../support/collect_text.ts";
import { FakeConnection } from "../../../support/fake_connection.ts";

/** A container whose process the test is. */
class FakeContainer implements LaunchSource {
  log = "";
  outlives = false;
  tty = false;
  /** How often the log was compared with what was delivered. */
  compared = 0;
  /** Why the log cannot be read after the end. */
  refusal: Error | null = null;
  /** Called when the log is requested, before it is read. */
  onRead = (): void | Promise<void> => {};
  readonly ended = Promise.withResolvers<Status>();

  async readLog() {
    await this.onRead();
    return encodeText(this.log);
  }

  readWholeLog(_: AbortSignal, take: (bytes: Uint8Array<ArrayBuffer>) => void) {
    for (const line of this.log.split(/(?<=\n)/)) take(encodeText(line));
    return Promise.resolve();
  }

  readEndedLog(_: AbortSignal, take: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.compared++;
    if (this.refusal !== null) return Promise.reject(this.refusal);
    take(encodeText(this.log));
    return Promise.resolve();
  }

  end(signal: AbortSignal) {
    const aborted = Promise.withResolvers<Status>();
    signal.addEventListener("abort", () => aborted.reject(signal.reason));
    return Promise.race([this.ended.promise, aborted.promise]);
  }
}

function open(container: FakeContainer, attached = true, stitches = true) {
  const attach = attached ? new FakeConnection() : null;
  const connection = new LaunchedConnection(
    attach,
    "v5.channel.k8s.io",
    container,
    stitches,
  );
  const session = new StreamSession(connection, {
    protocol: "v5.channel.k8s.io",
    subresource: "attach",
    hasExitCode: true,
    stdin: true,
    stdout: true,
    stderr: true,
    tty: false,
    size: undefined,
    highWaterMark: 2 ** 20,
    keepAlive: false,
    onEnd: () => {},
  });
  const stdout = collectText(session.stdout);
  const stderr = collectText(session.stderr);
  return { attach: attach!, session, stdout, stderr };
}

const SUCCESS = { status: "Success" };

test("the log comes first, without what the attach has, too", async () => {
  const container = new FakeContainer();
  container.log = "one\ntwo\n";
  const { attach, session, stdout } = open(container);
  // It is shown although nothing comes any more.
  await stdout.until("two\n");
  container.log += "three\nfour\n";
  attach.message(1, "four\n");
  await stdout.until("four\n");
  attach.message(1, "five\n$ ");
  await stdout.until("$ ");
  attach.message(3, JSON.stringify(SUCCESS));
  container.ended.resolve({ status: "Success" });
  assertEquals(await session.exitCode, 0);
  assertEquals(stdout.text, "one\ntwo\nthree\nfour\nfive\n$ ");
});

test("what the log had before the attach delivered it comes once", async () => {
  const container = new FakeContainer();
  container.log = "a\nb\nc\n";
  const { attach, session, stdout, stderr } = open(container);
  await stdout.until("c\n");
  // It was on its way while the log was read.
  attach.message(2, "b\n");
  attach.message(1, "c\n");
  container.log += "d\n";
  attach.message(1, "d\n");
  await stdout.until("d\n");
  assertEquals([stdout.text, stderr.text], ["a\nb\nc\nd\n", ""]);
  await session.close();
});

test("messages in parts stay whole, also that which is held", async () => {
  const container = new FakeContainer();
  const read = Promise.withResolvers<void>();
  container.onRead = () => read.promise;
  const { attach, session, stdout, stderr } = open(container);
  attach.part(new Uint8Array([1, 97]), false);
  attach.part(encodeText("b"), true);
  attach.part(new Uint8Array([2, 99]), false);
  read.resolve();
  await stdout.until("ab");
  await stderr.until("c");
  attach.part(encodeText("d"), true);
  attach.message(1, "e");
  await stderr.until("cd");
  await stdout.until("abe");
  await session.close();
});

test("the end of the attach waits for the exit code of the container", async () => {
  const container = new FakeContainer();
  const { attach, session, stdout } = open(container);
  attach.message(1, "out\n");
  container.log = "out\n";
  attach.message(3, JSON.stringify(SUCCESS));
  const code = session.exitCode.then((code) => code);
  await delay(5);
  container.ended.resolve({
    status: "Failure",
    details: { causes: [{ reason: "ExitCode", message: "137" }] },
  });
  assertEquals(await code, 137);
  assertEquals(await stdout.ended, "out\n");
});

test("what an attach that ends early has not delivered comes from the log", async () => {
  for (const stitches of [true, false]) {
    const container = new FakeContainer();
    container.log = stitches ? "" : "before\nb\n";
    const { attach, session, stdout, stderr } = open(container, true, stitches);
    const line = (channel: number, text: string) => {
      container.log += text;
      attach.message(channel, text);
    };
    line(1, "a\n");
    line(2, "b\n");
    line(1, "c\n");
    await stdout.until("c\n");
    // It ends within a line.
    attach.message(1, "d");
    container.log += "d and more\ne\nb\n";
    attach.message(3, JSON.stringify(SUCCESS));
    container.ended.resolve({ status: "Success" });
    assertEquals(await session.exitCode, 0);
    assertEquals(await stdout.ended, "a\nc\nd and more\ne\nb\n");
    assertEquals(await stderr.ended, "b\n");
    assertEquals(container.compared, 1);
  }
});

test("a log that lacks the CRs is compared without them", async () => {
  for (const isCut of [false, true]) {
    const container = new FakeContainer();
    container.log = "1\n";
    const { attach, session, stdout } = open(container);
    await stdout.until("1\n");
    attach.message(1, "2\r\n3\r\n");
    container.log += "2\n3\n";
    await stdout.until("3\r\n");
    if (isCut) container.log += "4\n5\n";
    attach.message(3, JSON.stringify(SUCCESS));
    container.ended.resolve({ status: "Success" });
    assertEquals(await session.exitCode, 0);
    const rest = isCut ? "4\r\n5\r\n" : "";
    assertEquals(await stdout.ended, `1\n2\r\n3\r\n${rest}`);
  }
});

test("output that repeats itself is completed by its length", async () => {
  const container = new FakeContainer();
  const { attach, session, stdout } = open(container);
  const all = "the same line\n".repeat(200_000);
  container.log = all.slice(0, 100);
  attach.message(1, container.log);
  await stdout.until("line\n");
  attach.message(1, all.slice(100, 2_000_000));
  container.log = all;
  attach.message(3, JSON.stringify(SUCCESS));
  container.ended.resolve({ status: "Success" });
  assertEquals(await session.exitCode, 0);
  assertEquals((await stdout.ended) === all, true);
});

test("a rotated log that ends as the attach did is complete", async () => {
  const container = new FakeContainer();
  const { attach, session, stdout } = open(container);
  container.log = "1\n2\n";
  attach.message(1, container.log);
  await stdout.until("2\n");
  attach.message(1, "3\n4\n5");
  container.log = "4\n5\n";
  attach.message(3, JSON.stringify(SUCCESS));
  container.ended.resolve({ status: "Success" });
  assertEquals(await session.exitCode, 0);
  assertEquals(await stdout.ended, "1\n2\n3\n4\n5");
});

test("missing output that no log has is no success", async () => {
  for (const rest of ["8\n9\n", "1\n2\nx\n4\n5\n6\n"]) {
    const container = new FakeContainer();
    const { attach, session, stdout } = open(container);
    container.log = "1\n2\n";
    attach.message(1, container.log);
    await stdout.until("2\n");
    attach.message(1, "3\n4\n");
    container.log = rest;
    attach.message(3, JSON.stringify(SUCCESS));
    container.ended.resolve({ status: "Success" });
    const error = await rejection(session.exitCode, ConnectionLostError);
    assertMatch(error.message, /the attachment has ended early: .*output/);
  }
});

test("a log that may not be read, or is not exact, is no failure", async () => {
  const forbidden = new ApiError("forbidden", {
    httpStatus: 403,
    reason: "Forbidden",
    apiStatus: null,
  });
  for (const refusal of [forbidden, null]) {
    const container = new FakeContainer();
    container.refusal = refusal;
    const { attach, session, stdout } = open(container);
    container.log = "1\n";
    attach.message(1, container.log);
    await stdout.until("1\n");
    attach.message(1, "2\n");
    container.log = "1\n\ufffd\ufffd\n";
    attach.message(3, JSON.stringify(SUCCESS));
    container.ended.resolve({ status: "Success" });
    assertEquals(await session.exitCode, 0);
    assertEquals(await stdout.ended, "1\n2\n");
  }
});

test("an attach that missed all of it is replaced by the log", async () => {
  for (const attached of [true, false]) {
    const container = new FakeContainer();
    container.log = "1\n2\n3";
    container.onRead = () => new Promise<void>(() => {});
    const { attach, session, stdout } = open(container, attached);
    const refused = { status: "Failure", message: "container not found" };
    if (attached) attach.message(3, JSON.stringify(refused));
    container.ended.resolve({ status: "Success" });
    assertEquals(await stdout.ended, "1\n2\n3");
    assertEquals(await session.exitCode, 0);
    await session.close();
  }
});

test("a broken attach is a lost connection, and no exit code", async () => {
  const container = new FakeContainer();
  const { attach, session, stdout } = open(container);
  attach.message(1, "some");
  await stdout.until("some");
  attach.drop({ code: 1006, reason: "cut" });
  await rejection(session.waitForStatus(), ConnectionLostError);
});

test("a session that is closed while the log is read leaves nothing", async () => {
  const container = new FakeContainer();
  container.log = "behind\n";
  const { attach, session } = open(container);
  attach.message(1, "a\nb\n");
  await delay(5);
  await session.close();
});

test("without the log there is what the attach has", async () => {
  const container = new FakeContainer();
  container.onRead = () => Promise.reject(new Error("forbidden"));
  const { attach, session, stdout } = open(container);
  attach.message(1, "late\n");
  await stdout.until("late\n");
  await session.close();
});

test("a container that goes on after the session has no exit code", async () => {
  const container = new FakeContainer();
  container.outlives = true;
  const { attach, session } = open(container, true, false);
  attach.message(3, JSON.stringify(SUCCESS));
  assertEquals(await session.exitCode, null);
});

for (const stitches of [false, true]) {
  const name = stitches ? ", also while the log is read" : "";
  test(`a reader that does not read pauses the attach${name}`, async () => {
    const container = new FakeContainer();
    const connection = new FakeConnection();
    const launched = new LaunchedConnection(
      connection,
      connection.protocol,
      container,
      stitches,
    );
    const received: Uint8Array[] = [];
    launched.open({
      data: (part) => {
        received.push(part.slice(1));
        launched.pause();
      },
      drained: () => {},
      pong: () => {},
      closed: () => {},
    });
    if (stitches) launched.pause();
    connection.message(1, "a");
    assertEquals(connection.paused, true);
    connection.message(2, "b");
    await delay(40);
    assertEquals([received.length, connection.paused], [+!stitches, true]);
    while (received.length < 2) {
      const { length } = received;
      launched.resume();
      assertEquals(received.length, length);
      await delay(5);
    }
    assertEquals(decodeText(concatBytes(received)), "ab");
    assertEquals(connection.paused, true);
    launched.resume();
    await delay(5);
    assertEquals(connection.paused, false);
    launched.close();
    await launched.released;
    assertEquals(connection.ended, "closed");
  });
}
