// src/README.md describes the sources as they are.
import { assert, assertEquals } from "@std/assert";
import { root } from "../harness/preload/specifiers.ts";
import { test } from "../harness.ts";
import { floorOf } from "./floors.ts";

const map = await Deno.readTextFile(new URL("src/README.md", root));

/** The rows of its tables, each with its trimmed cells. */
const rows = map.split("\n").filter((line) => line.startsWith("| "))
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

/** What stands in backticks. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

test("the map has every folder of src/ on its floor", async () => {
  const expected: Record<string, number> = {};
  for await (const entry of Deno.readDir(new URL("src/", root))) {
    const { name, isDirectory } = entry;
    if (isDirectory) expected[name] = floorOf(`src/${name}`);
    else if (name.endsWith(".ts")) assertEquals(floorOf(`src/${name}`), 0);
  }
  const found: Record<string, number> = {};
  for (const [floor = "", , names = ""] of rows) {
    if (!/^\d$/.test(floor)) continue;
    for (const name of codeIn(names)) found[name] = Number(floor);
  }
  delete found["mod.ts"];
  assertEquals(found, expected);
});

test("the files that the map names have what it says of them", async () => {
  const steps = rows.filter((cells) => /^`\S+\.ts`$/.test(cells[2] ?? ""));
  assert(steps.length > 15);
  for (const [, names = "", path = ""] of steps) {
    const [file = ""] = codeIn(path);
    const text = await Deno.readTextFile(new URL(`src/${file}`, root));
    for (const name of codeIn(names)) {
      assert(
        new RegExp(`^export .*\\b${name}\\b`, "m").test(text),
        `src/${file} does not export ${name}`,
      );
    }
  }
});

test("every file in backticks in the map exists", async () => {
  for (const code of codeIn(map)) {
    if (!/^\S+\/\S+\.ts$/.test(code)) continue;
    const base = code.startsWith("tests/") ? root : new URL("src/", root);
    await Deno.stat(new URL(code, base));
  }
});
