import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import {
  BufferOverflowError,
  ConnectionLostError,
  ProtocolError,
  SessionEndedError,
} from "../../../src/errors.ts";
import { endedError, outcomeOf } from "../../../src/session/outcome.ts";
import { test } from "../../harness.ts";

for (const code of [1000, 1001, 1005]) {
  test(`endings: close ${code} without a status is null, which is not success`, () => {
    const outcome = outcomeOf({
      kind: "closed",
      closeInfo: { code, reason: "" },
    });
    assertEquals(outcome, { status: null, drop: false });
  });
}

for (const code of [1002, 1006, 1011, 1012, 4000]) {
  test(`endings: close ${code} without a status is a lost connection`, () => {
    const cause = new Error("read ECONNRESET");
    const { failure, broken, drop } = outcomeOf({
      kind: "closed",
      closeInfo: { code, reason: "why", error: cause },
    });
    const error = failure?.reason as ConnectionLostError;
    assertInstanceOf(error, ConnectionLostError);
    assertEquals([error.closeCode, error.reason, error.cause], [
      code,
      "why",
      cause,
    ]);
    assertStrictEquals(broken?.reason, error);
    assertEquals(drop, false, "bytes before endings");
  });
}

test("endings: a clean code with a socket error behind it is not clean", () => {
  const { failure } = outcomeOf({
    kind: "closed",
    closeInfo: { code: 1005, reason: "", error: new Error("reset") },
  });
  assertInstanceOf(failure?.reason, ConnectionLostError);
});

test("endings: a protocol error and an overflow are passed on unchanged", () => {
  const overflow = { channel: null, limit: 1, discarded: 2 };
  for (
    const error of [
      new ProtocolError("a text frame"),
      new BufferOverflowError("too much", overflow),
    ]
  ) {
    const closeInfo = { code: 1006, reason: "", error };
    assertStrictEquals(
      outcomeOf({ kind: "closed", closeInfo }).failure?.reason,
      error,
    );
  }
});

test("endings: any status is the outcome", () => {
  const status = { status: "Failure", message: "no" };
  assertEquals(outcomeOf({ kind: "status", status }), { status, drop: false });
});

test("endings: an abort passes its reason through and drops what is queued", () => {
  for (const reason of [new Error("mine"), "text", undefined]) {
    const outcome = outcomeOf({ kind: "aborted", reason });
    assertStrictEquals(outcome.failure?.reason, reason);
    assertStrictEquals(outcome.broken?.reason, reason);
    assertEquals([outcome.drop, "failure" in outcome], [true, true]);
  }
});

test("endings: after our own close waits resolve with null, and reads reject", () => {
  const outcome = outcomeOf({ kind: "disposed" });
  assertEquals([outcome.status, outcome.failure], [null, undefined]);
  assertInstanceOf(outcome.broken?.reason, SessionEndedError);
  assertEquals(outcome.drop, true);
});

test("endings: the error of acting after the end names the action and the state", () => {
  const error = endedError("resize", { status: "Success" });
  assertEquals(
    error.message,
    "Cannot resize: the session has ended with Success",
  );
  assertEquals(error.status, { status: "Success" });
});
