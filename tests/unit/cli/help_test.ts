import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS, FLAGS, flagsOf } from "../../../src/cli/flags.ts";
import { helpFor } from "../../../src/cli/help.ts";
import { test } from "../../harness.ts";

for (const command of COMMANDS) {
  test(`help: ${command} tells of each of its flags, and of no other`, () => {
    const help = helpFor(command);
    const told = [...help.matchAll(/^ {2}(?:-\w, | {4})--([a-z-]+)/gm)]
      .map(([, name]) => name);
    assertEquals(told, flagsOf(command));
    assertMatch(help, new RegExp(`^  podwire ${command} `, "m"));
  });
}

test("help: the program's tells of each command", () => {
  const help = helpFor(null);
  for (const command of COMMANDS) {
    assertMatch(help, new RegExp(`^  ${command} +\\w`, "m"));
  }
});

test("help: every flag is some command's, every line fits a terminal", () => {
  const known = new Set(COMMANDS.flatMap(flagsOf));
  assertEquals(known.size, Object.keys(FLAGS).length);
  for (const command of [null, ...COMMANDS]) {
    const long = helpFor(command).split("\n").filter((line) =>
      line.length > 80
    );
    assertEquals(long, []);
    assert(helpFor(command).endsWith("\n"));
  }
});
