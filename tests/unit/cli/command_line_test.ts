import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandLine, UsageError } from "../../../src/cli/command_line.ts";
import { COMMANDS, type FlagName } from "../../../src/cli/flags.ts";
import { test } from "../../harness.ts";

/** A parsed command line in a comparable form. */
function parse(...args: readonly string[]) {
  const { command, positionals, afterDashes, has } = parseCommandLine(args);
  const on = (["stdin", "tty", "quiet", "follow", "previous", "help"] as const)
    .filter(has);
  return { command, positionals, afterDashes, on };
}

function value(flag: FlagName, ...args: readonly string[]) {
  return parseCommandLine(args).value(flag);
}

test("command line: flags may precede or follow the name, and be combined", () => {
  const expected = {
    command: "exec",
    positionals: ["web-0"],
    afterDashes: ["sh"],
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

test("command line: everything after the first -- is kept verbatim", () => {
  const afterDashes = ["-it", "--", "--help", "-c", "", "ü"];
  assertEquals(parse("exec", "web-0", "--", ...afterDashes), {
    command: "exec",
    positionals: ["web-0"],
    afterDashes,
    on: [],
  });
  assertEquals(parse("exec", "web-0", "--").afterDashes, []);
  assertEquals(parse("exec", "web-0").afterDashes, null);
});

test("command line: a switch takes what Go takes, long and short", () => {
  for (
    const [words, on] of [
      ["-i=true -t=T", ["stdin", "tty"]],
      ["--stdin=1 --tty=TRUE", ["stdin", "tty"]],
      ["-it=1", ["stdin", "tty"]],
      ["-it=false -q=t", ["stdin", "quiet"]],
      ["-i --stdin=0 -t=F", []],
      ["-c=x -i=True", ["stdin"]],
    ] as const
  ) {
    const line = ["exec", ...words.split(" "), "web-0", "--", "-i=1"];
    const parsed = parse(...line);
    assertEquals([parsed.on, parsed.afterDashes], [on, ["-i=1"]], words);
  }
  assertEquals(parse("logs", "-f=1", "web-0").on, ["follow"]);
  assertEquals(parse("-f=1", "logs", "web-0").on, ["follow"]);
  assertEquals(value("filename", "exec", "-f=a=b", "--", "ls"), "a=b");
});

test("command line: a value is attached to the flag or follows it; the last one wins", () => {
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

test("command line: every value of a repeated flag", () => {
  const line = ["port-forward", "--address=::1", "web-0", "80", "--address"];
  const { values, positionals } = parseCommandLine([...line, "a,b"]);
  assertEquals(values("address"), ["::1", "a,b"]);
  assertEquals(positionals, ["web-0", "80"]);
  assertEquals(parseCommandLine(["logs"]).values("tail"), []);
});

test("command line: every form of help wins over errors", () => {
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

test("command line: --version, which version is not", () => {
  assertEquals(parseCommandLine(["version"]).command, "version");
  for (const line of [["--version"], ["exec", "--version"]]) {
    assertEquals(parseCommandLine(line).has("version"), true, line.join(" "));
  }
});

for (
  const [line, message, command] of [
    [["exce"], 'unknown command "exce", did you mean "exec"?', null],
    [["log"], 'unknown command "log", did you mean "logs"?', null],
    [
      ["get"],
      `unknown command "get", expected ${COMMANDS.join(", ")}`,
      null,
    ],
    [
      ["x"],
      `unknown command "x", expected ${COMMANDS.join(", ")}`,
      null,
    ],
    [
      ["portforward"],
      'unknown command "portforward", did you mean "port-forward"?',
      null,
    ],
    [
      ["port-forward", "-c", "main", "web-0", "80"],
      "unknown flag: -c, which is a flag of podwire exec, attach, logs, cp and debug",
      "port-forward",
    ],
    [["exec", "--bogus"], "unknown flag: --bogus", "exec"],
    [["exec", "-x"], "unknown flag: -x", "exec"],
    [
      ["exec", "-p", "web-0"],
      "unknown flag: -p, which is a flag of podwire logs",
      "exec",
    ],
    [
      ["logs", "-i", "web-0"],
      "unknown flag: -i, which is a flag of podwire exec, attach, debug and run",
      "logs",
    ],
    [
      ["attach", "--tail=3"],
      "unknown flag: --tail, which is a flag of podwire logs",
      "attach",
    ],
    [
      ["logs", "--stdin"],
      "unknown flag: --stdin, which is a flag of podwire exec, attach, debug and run",
      "logs",
    ],
    [
      ["exec", "--namspace=x"],
      "unknown flag: --namspace, did you mean --namespace?",
      "exec",
    ],
    [
      ["logs", "--time"],
      "unknown flag: --time, did you mean --since-time?",
      "logs",
    ],
    [["--versoin"], "unknown flag: --versoin, did you mean --version?", null],
    [["exec", "--toString"], "unknown flag: --toString", "exec"],
    [["--toString"], "unknown flag: --toString", null],
    [
      ["exec", "web-0", "ls", "-la"],
      'the command must follow "--", as in exec web-0 -- ls',
      "exec",
    ],
    [["exec", "-c"], "flag needs an argument: -c", "exec"],
    [["logs", "web-0", "--tail"], "flag needs an argument: --tail", "logs"],
    [
      ["exec", "--tty=maybe"],
      'invalid argument "maybe" for --tty: expected true or false',
      "exec",
    ],
    [
      ["exec", "-i=yes"],
      'invalid argument "yes" for --stdin: expected true or false',
      "exec",
    ],
    [["--bogus"], "unknown flag: --bogus", null],
  ] as const
) {
  test(`command line: "${line.join(" ")}" is rejected`, () => {
    const error = assertThrows(() => parseCommandLine(line), UsageError);
    assertEquals([error.message, error.command], [message, command]);
  });
}
