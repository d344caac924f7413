import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS, flagOf, FLAGS, flagsOf } from "../../../src/cli/flags.ts";
import { helpFor } from "../../../src/cli/help.ts";
import { test } from "../../harness.ts";

for (const command of COMMANDS) {
  test(`help: ${command} lists its flags, but rare ones of all commands`, () => {
    const help = helpFor(command);
    const listed = [...help.matchAll(/^ {2}(?:-\w, | {4})--([a-z-]+)/gm)]
      .map(([, name]) => name);
    const own = flagsOf(command).filter((name) => !flagOf(name).rare);
    assertEquals(listed, own);
    assertMatch(help, new RegExp(`^  podwire ${command} `, "m"));
  });
}

test("help: the program's help lists each command", () => {
  const help = helpFor(null);
  for (const command of COMMANDS) {
    assertMatch(help, new RegExp(`^  ${command} +\\w`, "m"));
  }
  for (const name of flagsOf("exec").filter((it) => flagOf(it).rare)) {
    assertMatch(help, new RegExp(`^ .* --${name} `, "m"));
  }
});

test("help: every flag belongs to a command, every line fits in 80 columns", () => {
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
