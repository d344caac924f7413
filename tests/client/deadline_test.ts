import { assertEquals, assertThrows } from "@std/assert";
import { callTimeout, startDeadline } from "../../src/client/deadline.ts";
import { CallTimeoutError } from "../../src/errors.ts";
import { test } from "../harness.ts";
import { pauseFor } from "../support/settling.ts";

test("callTimeout: undefined inherits, null is none, a number is its own", () => {
  assertEquals(callTimeout(undefined, 5), 5);
  assertEquals(callTimeout(undefined, null), null);
  assertEquals(callTimeout(null, 5), null);
  assertEquals(callTimeout(7, 5), 7);
  assertThrows(() => callTimeout(0, 5), RangeError, "milliseconds above 0");
});

test("startDeadline: the clock aborts with a CallTimeoutError that names the action", async () => {
  const { signal, release } = startDeadline("get tea", 10);
  await pauseFor(30);
  assertEquals(signal.reason instanceof CallTimeoutError, true);
  assertEquals(signal.reason.message, "Cannot get tea: not done within 10 ms");
  release();
});

test("startDeadline: a stopped clock never aborts, and the caller's signal still does", async () => {
  const controller = new AbortController();
  const deadline = startDeadline("get tea", 10, controller.signal);
  deadline.stopClock();
  await pauseFor(30);
  assertEquals(deadline.signal.aborted, false);
  controller.abort("enough");
  assertEquals(deadline.signal.reason, "enough");
});

test("startDeadline: a released one follows nobody", async () => {
  const controller = new AbortController();
  const deadline = startDeadline("get tea", 10, controller.signal);
  deadline.release();
  controller.abort("enough");
  await pauseFor(30);
  assertEquals(deadline.signal.aborted, false);
});

test("startDeadline: a signal that has aborted already is followed at once", () => {
  const deadline = startDeadline("get tea", 10, AbortSignal.abort("before"));
  assertEquals(deadline.signal.reason, "before");
});
