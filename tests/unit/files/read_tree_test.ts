import { assertEquals } from "@std/assert";
import type { FileCall } from "../../../src/files/file_call.ts";
import { checkTar } from "../../../src/files/read_tree.ts";
import { test } from "../../harness.ts";

const call = { path: "/d" } as FileCall;

test("the sockets that tar leaves out are entries, as far as it names them", () => {
  const rows: [string, string[]][] = [
    ["", []],
    ["tar: ./a: file is unchanged; not dumped ", []],
    [
      "tar: ./a b: socket ignored tar: ./sub/c: socket ignored ",
      ["a b", "sub/c"],
    ],
    ["tar: Removing leading `/' from names tar: ./a: socket ignored ", ["a"]],
    [
      ": ./a b: pax format cannot archive sockets: c: pax format cannot archive sockets ",
      ["a b", "c"],
    ],
  ];
  for (const [words, paths] of rows) {
    const entries = checkTar(call, `end ${words}0`);
    assertEquals(entries.map(({ path }) => path), paths);
    for (const { type, body, problem } of entries) {
      assertEquals([type, body], ["other", null]);
      assertEquals(problem, "a socket, which is neither file nor link");
    }
  }
});
