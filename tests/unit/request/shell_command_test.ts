import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  runRequest,
  streamRequest,
} from "../../../src/request/exec_options.ts";
import {
  saysShellIsMissing,
  shellCommand,
} from "../../../src/request/shell_command.ts";
import { test } from "../../harness.ts";

test("shell command: the user's words are parameters, not text", () => {
  const command = ["a'b", "$x", "", "-n"];
  const words = shellCommand(command, { cwd: "d", env: { A: "`id`" } });
  assertEquals(words, [
    "sh",
    "-c",
    'cd "${1}" || exit 125\n' +
    'command export A="${2}" || exit 125\n' +
    'shift 2\nexec "$@"',
    "sh",
    "./d",
    "`id`",
    ...command,
  ]);
});

test("shell command: only if it is needed", () => {
  const command = ["ls"];
  for (
    const options of [{}, { env: {} }, { env: { A: undefined } }, {
      killOnAbort: false,
    }] as const
  ) {
    const request = runRequest("run", { command, ...options });
    assertEquals([request.command, request.usesShell], [["ls"], false]);
  }
  const options = { command, killOnAbort: true, stderr: false } as const;
  const { usesShell, stderr, collectsStderr } = runRequest("run", options);
  assertEquals([usesShell, stderr, collectsStderr], [true, true, false]);
});

test("shell command: invalid settings are refused", () => {
  const command = ["ls"];
  for (
    const [options, message] of [
      [{ cwd: "" }, "cwd must be a non-empty string"],
      [{ cwd: 1 }, "cwd must be a non-empty string"],
      [{ cwd: "a\0b" }, "cwd contains a NUL character"],
      [{ cwd: "\uD800" }, "cwd is not valid Unicode"],
      [{ env: ["A=1"] }, "env must be an object of strings"],
      [{ env: { A: 1 } }, 'env["A"] is a number, not a string'],
      [{ env: { A: "\0" } }, 'env["A"] contains a NUL character'],
      [{ env: { "a.b": "" } }, 'env["a.b"] has a name that no shell can set'],
      [{ env: { "1A": "" } }, 'env["1A"] has a name'],
      [{ env: { "A=B;x": "" } }, "has a name that no shell can set"],
      [{ env: { Ü: "" } }, "has a name that no shell can set"],
    ] as const
  ) {
    const given = { command, ...options } as never;
    assertThrows(() => runRequest("run", given), TypeError, message);
    assertThrows(() => streamRequest("run", "exec", given), TypeError, message);
  }
  for (
    const [options, message] of [
      [{ killOnAbort: "HUP" }, "killOnAbort must be true, false"],
      [{ killOnAbort: 9 }, "killOnAbort must be true, false"],
      [{ onKilled: true }, "onKilled is not a function"],
    ] as const
  ) {
    const given = { command, ...options } as never;
    assertThrows(() => runRequest("run", given), TypeError, message);
  }
  assertThrows(
    () => streamRequest("run", "exec", { command, killOnAbort: true } as never),
    TypeError,
    'there is no option "killOnAbort"',
  );
});

test("shell command: the runtimes' words for a missing sh", () => {
  for (
    const text of [
      'exec: "sh": executable file not found in $PATH: unknown',
      'caused "exec: \\"sh\\": executable file not found in $PATH": unknown',
      "executable file `sh` not found in $PATH: No such file or directory",
      'message: \\"the file sh was not found\\"',
    ]
  ) assert(saysShellIsMissing(text), text);
  for (
    const text of [
      'exec: "nope": executable file not found in $PATH',
      'exec: "shx": executable file not found in $PATH',
      "container not found",
    ]
  ) assert(!saysShellIsMissing(text), text);
});
