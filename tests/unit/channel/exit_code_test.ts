import { assertEquals } from "@std/assert";
import { exitCodeOf } from "../../../src/channel/status_frame.ts";
import type { Status, StatusCause } from "../../../src/status.ts";
import { test } from "../../harness.ts";

function failure(...causes: StatusCause[]): Status {
  return { status: "Failure", reason: "NonZeroExitCode", details: { causes } };
}

function exitCode(message: string): StatusCause {
  return { reason: "ExitCode", message };
}

test("no status has no exit code", () => {
  assertEquals(exitCodeOf(null), null);
});

test("success is exit code 0, whatever its causes", () => {
  assertEquals(exitCodeOf({ status: "Success" }), 0);
  const details = { causes: [exitCode("7")] };
  assertEquals(exitCodeOf({ status: "Success", details }), 0);
});

test("the cause ExitCode holds the exit code", () => {
  for (const code of [0, 1, 7, 137, 255, -1]) {
    assertEquals(exitCodeOf(failure(exitCode(String(code)))), code);
  }
});

test("the cause ExitCode counts without a status word or reason", () => {
  assertEquals(exitCodeOf({ details: { causes: [exitCode("3")] } }), 3);
});

test("causes with other reasons are passed over", () => {
  const status = failure(
    { reason: "Other", message: "1" },
    { message: "2" },
    exitCode("3"),
  );
  assertEquals(exitCodeOf(status), 3);
});

test("the first cause ExitCode wins", () => {
  assertEquals(exitCodeOf(failure(exitCode("3"), exitCode("4"))), 3);
  assertEquals(exitCodeOf(failure(exitCode("x"), exitCode("4"))), null);
  assertEquals(
    exitCodeOf(failure({ reason: "ExitCode" }, exitCode("4"))),
    null,
  );
});

test("a status without causes has no exit code", () => {
  assertEquals(exitCodeOf({}), null);
  assertEquals(exitCodeOf({ status: "Failure" }), null);
  assertEquals(exitCodeOf({ status: "Failure", details: {} }), null);
  assertEquals(exitCodeOf(failure()), null);
  assertEquals(exitCodeOf({ status: "success" }), null);
});

test("an internal error has no exit code", () => {
  const status: Status = {
    status: "Failure",
    reason: "InternalError",
    details: { causes: [{ message: "7" }] },
    code: 500,
  };
  assertEquals(exitCodeOf(status), null);
});

for (
  const text of [
    "",
    " 7",
    "7 ",
    "7\n",
    "+7",
    "--7",
    "-",
    "-1_0",
    "1_0",
    "1.0",
    "1e2",
    "0x10",
    "seven",
    "٧",
    "Infinity",
    "9007199254740993",
  ]
) {
  test(`${JSON.stringify(text)} is no plain decimal integer`, () => {
    assertEquals(exitCodeOf(failure(exitCode(text))), null);
  });
}

test("minus zero is zero", () => {
  assertEquals(Object.is(exitCodeOf(failure(exitCode("-0"))), 0), true);
});
