import { assertEquals, assertThrows } from "@std/assert";
import {
  channelsOf,
  checkCommand,
  checkContainer,
  checkMaxBuffer,
  subresourceQuery,
} from "../../../src/request/exec_options.ts";
import { test } from "../../harness.ts";

const none = { stdin: false, stdout: false, stderr: false };

test("options: defaults of stream: stdin false, stdout true, stderr true, tty false", () => {
  assertEquals(channelsOf("exec", {}), {
    stdin: false,
    stdout: true,
    stderr: true,
    tty: false,
  });
});

test("options: each flag is taken as given", () => {
  for (const flag of ["stdin", "stdout", "stderr"] as const) {
    for (const value of [true, false]) {
      const options = { stdin: true, stdout: true, [flag]: value };
      assertEquals(channelsOf("exec", options)[flag], value);
    }
  }
});

test("options: with a tty stderr is not requested", () => {
  assertEquals(channelsOf("exec", { tty: true, stderr: true }).stderr, false);
});

test("options: no channel at all is a TypeError", () => {
  assertThrows(
    () => channelsOf("exec", none),
    TypeError,
    "Cannot exec: no channel is requested",
  );
  assertThrows(
    () => channelsOf("exec", { ...none, stderr: true, tty: true }),
    TypeError,
  );
});

test("options: a flag that is no boolean is a TypeError", () => {
  assertThrows(
    () => channelsOf("attach", { stdin: "yes" as never }),
    TypeError,
    "Cannot attach: stdin must be true or false, not a string",
  );
});

test("options: a size needs a tty, and sides within 1 to 65535", () => {
  const size = { width: 80, height: 24 };
  assertThrows(
    () => channelsOf("exec", { size }),
    TypeError,
    "a size needs a tty",
  );
  channelsOf("exec", { size, tty: true });
  for (const bad of [{ width: 0, height: 1 }, { width: 1, height: 65_536 }]) {
    assertThrows(
      () => channelsOf("exec", { size: bad, tty: true }),
      RangeError,
    );
  }
});

test("options: an empty command, a string for argv and a word that is none are TypeErrors", () => {
  assertThrows(() => checkCommand("exec", []), TypeError, "command is empty");
  assertThrows(
    () => checkCommand("exec", "ls -la"),
    TypeError,
    'Cannot exec: command must be an array of strings; for a shell line say ["sh", "-c", line]',
  );
  assertThrows(
    () => checkCommand("exec", undefined),
    TypeError,
    "an array of strings",
  );
  assertThrows(
    () => checkCommand("exec", ["ls", 7]),
    TypeError,
    "command[1] is a number, not a string",
  );
  checkCommand("exec", ["ls", ""]);
});

test("options: an empty container is a TypeError, none is fine", () => {
  assertThrows(() => checkContainer("exec", ""), TypeError, "container");
  checkContainer("exec", undefined);
  checkContainer("exec", "main");
});

test("options: maxBuffer is bytes or null", () => {
  for (const good of [0, 1, 2 ** 31, Infinity, null]) {
    checkMaxBuffer("exec", good);
  }
  assertThrows(() => checkMaxBuffer("exec", -1), RangeError);
  assertThrows(() => checkMaxBuffer("exec", "64"), TypeError);
  assertThrows(() => checkMaxBuffer("exec", NaN), TypeError);
});

test("query: command repeated, container, then all four flags, in this order", () => {
  const query = subresourceQuery({
    command: ["sh", "-c", "echo a b&c"],
    container: "main",
    stdin: true,
    stdout: true,
    stderr: false,
    tty: false,
  });
  assertEquals(
    query.toString(),
    "command=sh&command=-c&command=echo+a+b%26c&container=main" +
      "&stdin=true&stdout=true&stderr=false&tty=false",
  );
});

test("query: attach has no command, and no container unless one is named", () => {
  const query = subresourceQuery({ ...none, stdout: true, tty: true });
  assertEquals(
    query.toString(),
    "stdin=false&stdout=true&stderr=false&tty=true",
  );
});
