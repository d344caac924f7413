import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandLine } from "../../../src/cli/command_line.ts";
import type { FlagName } from "../../../src/cli/flags.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";
import { test } from "../../harness.ts";

/** What a command line says, as one can compare it. */
function parse(...args: readonly string[]) {
  const { command, words, rest, has } = parseCommandLine(args);
  const on = (["stdin", "tty", "quiet", "follow", "previous", "help"] as const)
    .filter(has);
  return { command, words, rest, on };
}

function value(flag: FlagName, ...args: readonly string[]) {
  return parseCommandLine(args).value(flag);
}

test("command line: flags stand before and behind the name, and together", () => {
  const expected = {
    command: "exec",
    words: ["web-0"],
    rest: ["sh"],
    on: ["stdin", "tty"],
  } as const;
  for (
    const line of [
      ["exec", "-it", "web-0", "--", "sh"],
      ["exec", "-ti", "web-0", "--", "sh"],
      ["exec", "web-0", "-i", "-t", "--", "sh"],
      ["-i", "exec", "web-0", "--tty", "--", "sh"],
      ["exec", "--stdin=true", "--tty", "web-0", "--quiet=false", "--", "sh"],
    ]
  ) assertEquals(parse(...line), expected, line.join(" "));
});

test("command line: what follows the first -- is the command's, as it is", () => {
  const rest = ["-it", "--", "--help", "-c", "", "ü"];
  assertEquals(parse("exec", "web-0", "--", ...rest), {
    command: "exec",
    words: ["web-0"],
    rest,
    on: [],
  });
  assertEquals(parse("exec", "web-0", "--").rest, []);
  assertEquals(parse("exec", "web-0").rest, null);
});

test("command line: a value comes with the flag or behind it, the last one counts", () => {
  for (
    const written of [
      ["-c", "main"],
      ["-cmain"],
      ["-c=main"],
      ["--container", "main"],
      ["--container=main"],
      ["-itc", "main"],
      ["-c", "other", "-c", "main"],
    ]
  ) {
    const line = ["exec", "web-0", ...written, "--", "-c", "x"];
    assertEquals(value("container", ...line), "main", line.join(" "));
  }
  assertEquals(value("container", "exec", "-c", "--", "web-0"), "--");
  assertEquals(value("container", "exec", "--container==x"), "=x");
  assertEquals(value("tail", "logs", "web-0", "--tail", "-1"), "-1");
  assertEquals(value("namespace", "-n", "team", "logs", "web-0"), "team");
  assertEquals(value("context", "logs", "web-0"), undefined);
});

test("command line: help is asked for in every way, whatever else stands there", () => {
  for (
    const line of [
      ["exec", "--help"],
      ["exec", "-h"],
      ["help", "exec"],
      ["exec", "--help", "--no-such-flag", "-c"],
    ]
  ) {
    const { command, on } = parse(...line);
    assertEquals([command, on], ["exec", ["help"]], line.join(" "));
  }
  for (const line of [["--help"], ["help"], ["-h"]]) {
    const { command, on } = parse(...line);
    assertEquals([command, on], [null, ["help"]]);
  }
  assertEquals(parse().command, null);
});

for (
  const [line, message, command] of [
    [["exce"], 'There is no command "exce", only exec, attach, logs', null],
    [["exec", "--bogus"], "There is no flag --bogus", "exec"],
    [["exec", "-x"], "There is no flag -x", "exec"],
    [["exec", "-f", "web-0"], "There is no flag -f", "exec"],
    [["logs", "-i", "web-0"], "There is no flag -i", "logs"],
    [["attach", "--tail=3"], "There is no flag --tail", "attach"],
    [["exec", "-c"], "The flag -c needs a value", "exec"],
    [["logs", "web-0", "--tail"], "The flag --tail needs a value", "logs"],
    [
      ["exec", "--tty=maybe"],
      'The flag --tty is true or false, not "maybe"',
      "exec",
    ],
    [["--bogus"], "There is no flag --bogus", null],
  ] as const
) {
  test(`command line: "${line.join(" ")}" is refused`, () => {
    const error = assertThrows(() => parseCommandLine(line), UsageError);
    assertEquals([error.message, error.command], [message, command]);
  });
}
