import { assert, assertEquals, assertThrows } from "@std/assert";
import { connect, type Socket } from "node:net";
import { callTimeout, startDeadline } from "../../../src/client/deadline.ts";
import { CallTimeoutError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { startByteServer } from "../../support/byte_server.ts";
import { blockEventLoop, delay } from "../../support/async.ts";

test("callTimeout: undefined inherits, null is none, a number is its own", () => {
  assertEquals(callTimeout(undefined, 5), 5);
  assertEquals(callTimeout(undefined, null), null);
  assertEquals(callTimeout(null, 5), null);
  assertEquals(callTimeout(7, 5), 7);
  assertThrows(() => callTimeout(0, 5), RangeError, "milliseconds above 0");
});

test("startDeadline: the clock aborts with a CallTimeoutError that names the action", async () => {
  const { signal, release } = startDeadline("get tea", 10);
  await delay(30);
  assertEquals(signal.reason instanceof CallTimeoutError, true);
  assertEquals(signal.reason.message, "Cannot get tea: not done within 10 ms");
  release();
});

test("startDeadline: a stopped clock never aborts, and the caller's signal still does", async () => {
  const controller = new AbortController();
  const deadline = startDeadline("get tea", 10, controller.signal);
  deadline.stopClock();
  await delay(30);
  assertEquals(deadline.signal.aborted, false);
  controller.abort("enough");
  assertEquals(deadline.signal.reason, "enough");
});

test("startDeadline: once stopped it never aborts, though it was due in that very turn", async () => {
  const accepted = Promise.withResolvers<Socket>();
  const server = await startByteServer(accepted.resolve);
  const client = connect({ host: "127.0.0.1", port: server.port });
  const peer = await accepted.promise;
  peer.write("one");
  await new Promise((resolve) => client.once("data", resolve));
  const deadline = startDeadline("get tea", 20);
  const stopped = new Promise<boolean>((resolve) => {
    client.once("data", () => {
      deadline.stopClock();
      resolve(deadline.signal.aborted);
    });
  });
  peer.write("two");
  blockEventLoop(60);
  const aborted = await stopped;
  await delay(30);
  assertEquals(deadline.signal.aborted, aborted);
  client.destroy();
  await server.close();
});

test("startDeadline: after release, no signal aborts it", async () => {
  const controller = new AbortController();
  const deadline = startDeadline("get tea", 10, controller.signal);
  deadline.release();
  controller.abort("enough");
  await delay(30);
  assertEquals(deadline.signal.aborted, false);
});

test("startDeadline: a signal that has aborted already is followed at once", () => {
  const deadline = startDeadline("get tea", 10, AbortSignal.abort("before"));
  assertEquals(deadline.signal.reason, "before");
});

test("startDeadline: follow joins one more signal until it is undone", () => {
  const deadline = startDeadline("get tea", null);
  const [left, followed] = [new AbortController(), new AbortController()];
  const leave = deadline.follow(left.signal);
  deadline.follow(followed.signal);
  leave();
  left.abort("left");
  assertEquals(deadline.signal.aborted, false);
  followed.abort("followed");
  assertEquals(deadline.signal.reason, "followed");
  deadline.release();
});

test("startDeadline: it knows the time that is left, of an outer call too", async () => {
  const outer = startDeadline("get tea", 60_000);
  const inner = startDeadline("get water", null, null, outer.signal);
  assert(inner.left() > 59_000 && inner.left() <= 60_000);
  const shorter = startDeadline("get water", 1_000, outer.signal);
  assert(shorter.left() > 900 && shorter.left() <= 1_000);
  shorter.stopClock();
  assert(shorter.left() > 59_000);
  await delay(10);
  assert(outer.left() < 59_995);
  outer.stopClock();
  assertEquals([outer.left(), inner.left()], [Infinity, Infinity]);
  for (const deadline of [outer, inner, shorter]) deadline.release();
});
