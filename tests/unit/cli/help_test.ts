import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS, FLAGS, flagsOf } from "../../../src/cli/flags.ts";
import { helpFor } from "../../../src/cli/help.ts";
import { test } from "../../harness.ts";

for (const command of COMMANDS) {
  test(`help: ${command} lists exactly its own flags`, () => {
    const help = helpFor(command);
    const listed = [...help.matchAll(/^ {2}(?:-\w, | {4})--([a-z-]+)/gm)]
      .map(([, name]) => name);
    assertEquals(listed, flagsOf(command));
    assertMatch(help, new RegExp(`^  podwire ${command} `, "m"));
  });
}

test("help: the program's help lists each command", () => {
  const help = helpFor(null);
  for (const command of COMMANDS) {
    assertMatch(help, new RegExp(`^  ${command} +\\w`, "m"));
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
