import { assertEquals, assertThrows } from "@std/assert";
import {
  checkContainer,
  type ExecRunOptions,
  type ExecStreamOptions,
  runRequest,
  type StreamOptions,
  streamRequest,
  subresourceQuery,
} from "../../../src/request/exec_options.ts";
import { test } from "../../harness.ts";

const none = { stdin: false, stdout: false, stderr: false };
const command = ["ls"];

function attach(options: StreamOptions) {
  return streamRequest("attach", "attach", options);
}

function exec(options: unknown) {
  return streamRequest("exec", "exec", options as ExecStreamOptions);
}

function run(options: unknown) {
  return runRequest("exec", options as ExecRunOptions);
}

test("options: defaults of stream: stdin false, stdout true, stderr true, tty false", () => {
  const { stdin, stdout, stderr, tty } = exec({ command });
  assertEquals([stdin, stdout, stderr, tty], [false, true, true, false]);
});

test("options: each flag is taken as given", () => {
  for (const flag of ["stdin", "stdout", "stderr"] as const) {
    for (const value of [true, false]) {
      const options = { stdin: true, stdout: true, [flag]: value };
      assertEquals(attach(options)[flag], value);
    }
  }
});

test("options: undefined is absent", () => {
  const absent = {
    container: undefined,
    stdin: undefined,
    stdout: undefined,
    stderr: undefined,
    timeout: undefined,
    signal: undefined,
  };
  assertEquals(
    exec({ command, ...absent, tty: undefined, size: undefined }),
    exec({ command }),
  );
  assertEquals(
    run({ command, ...absent, maxBuffer: undefined }),
    run({ command }),
  );
});

test("options: with a tty stderr is not requested", () => {
  assertEquals(attach({ tty: true, stderr: true }).stderr, false);
});

test("options: no channel at all is a TypeError", () => {
  const calls = [
    () => attach(none),
    () => exec({ command, ...none }),
    () => run({ command, ...none, stdin: null }),
  ];
  for (const call of calls) {
    assertThrows(call, TypeError, "no channel is requested");
  }
  assertThrows(
    () => attach({ ...none, stderr: true, tty: true }),
    TypeError,
    "Cannot attach: no channel is requested",
  );
});

test("options: a flag that is not a boolean is a TypeError", () => {
  assertThrows(
    () => attach({ stdin: "yes" as never }),
    TypeError,
    "Cannot attach: stdin must be true or false, not a string",
  );
  assertThrows(() => run({ command, stdout: 1 }), TypeError, "stdout must be");
});

test("options: a size needs a tty, and sides within 1 to 65535", () => {
  const size = { width: 80, height: 24 };
  assertThrows(() => attach({ size }), TypeError, "a size needs a tty");
  assertEquals(attach({ size, tty: true }).size, size);
  for (const bad of [{ width: 0, height: 1 }, { width: 1, height: 65_536 }]) {
    assertThrows(() => attach({ size: bad, tty: true }), RangeError);
  }
});

test("options: an empty command, a string as argv and a word that is not a string are TypeErrors", () => {
  for (const call of [exec, run]) {
    assertThrows(
      () => call({ command: [] }),
      TypeError,
      "Cannot exec: command is empty",
    );
    assertThrows(
      () => call({ command: "ls -la" }),
      TypeError,
      'Cannot exec: command must be an array of strings; for a shell line use ["sh", "-c", line]',
    );
    for (const options of [{}, undefined]) {
      assertThrows(() => call(options), TypeError, "an array of strings");
    }
    assertThrows(
      () => call({ command: ["ls", 7] }),
      TypeError,
      "command[1] is a number, not a string",
    );
    assertEquals(call({ command: ["ls", ""] }).command, ["ls", ""]);
  }
});

test("options: text with a lone surrogate is refused, not replaced", () => {
  for (const call of [exec, run]) {
    assertThrows(
      () => call({ command: ["rm", "a\ud800"] }),
      TypeError,
      "Cannot exec: command[1] is not valid Unicode",
    );
    assertThrows(
      () => call({ command, container: "\udc00" }),
      TypeError,
      "container is not valid Unicode",
    );
    assertEquals(call({ command: ["😀"] }).command, ["😀"]);
  }
});

test("options: those that do not exist are refused by name", () => {
  const unknown = [
    [exec, { command, contianer: "main" }, 'did you mean "container"?'],
    [exec, { command, maxBuffer: 1 }, 'no option "maxBuffer"'],
    [run, { command, size: null }, 'no option "size"'],
    [run, { command, maxbuffer: 1 }, 'did you mean "maxBuffer"?'],
    [attach, { command }, 'Cannot attach: there is no option "command"'],
  ] as const;
  for (const [call, options, message] of unknown) {
    assertThrows(() => call(options as never), TypeError, message);
  }
  assertThrows(
    () => run({ command, tty: true }),
    TypeError,
    "Cannot exec: run never uses a tty; use stream",
  );
});

test("options: later changes of the caller's object have no effect", () => {
  const options = {
    command: ["ls"],
    tty: true,
    size: { width: 80, height: 24 },
  };
  const request = exec(options);
  options.command[0] = "rm";
  options.size.width = 0;
  assertEquals(request.command, ["ls"]);
  assertEquals(request.size, { width: 80, height: 24 });
});

test("options: an empty container is a TypeError, none is fine", () => {
  assertThrows(() => checkContainer("exec", ""), TypeError, "container");
  checkContainer("exec", undefined);
  checkContainer("exec", "main");
});

test("options: maxBuffer is bytes or null, by default 64 MiB", () => {
  for (const good of [0, 1, 2 ** 31]) {
    assertEquals(run({ command, maxBuffer: good }).maxBuffer, good);
  }
  for (const none of [Infinity, null]) {
    assertEquals(run({ command, maxBuffer: none }).maxBuffer, Infinity);
  }
  assertEquals(run({ command }).maxBuffer, 64 * 2 ** 20);
  assertThrows(() => run({ command, maxBuffer: -1 }), RangeError);
  assertThrows(() => run({ command, maxBuffer: "64" }), TypeError);
  assertThrows(() => run({ command, maxBuffer: NaN }), TypeError);
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
