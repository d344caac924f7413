// The wording of sources and documents.
import { assert, assertEquals } from "@std/assert";
import { root } from "../harness/preload/specifiers.ts";
import { test } from "../harness.ts";
import { readSourceFiles } from "./source_files.ts";

/** Words of our own invention, which standard terms have replaced. */
const BANNED =
  /\b(goodbyes?|roads?|lanes?|patience|hoards?|lingers?|endsWhole|readsOn|misreports|surroundings|departure|succumb|unless said)\b/gi;

const read = (path: string) => Deno.readTextFile(new URL(path, root));

test("no source and no guide uses a word of our own invention", async () => {
  const sources = (await readSourceFiles()).map(({ path }) => path);
  const found: string[] = [];
  for (const path of [...sources, ...await guides()]) {
    for (const [word] of (await read(path)).matchAll(BANNED)) {
      found.push(`${path}: ${word}`);
    }
  }
  assertEquals(found, []);
});

/** The widest cell of a table that still reads well as raw text. */
const MAX_CELL = 80;

test("no cell of a guide's table is wider than a line", async () => {
  const wide: string[] = [];
  for (const path of await guides()) {
    const rows = (await read(path)).split("\n").filter((line) =>
      line.startsWith("|")
    );
    for (const cell of rows.flatMap((row) => row.split(/(?<!\\)\|/))) {
      const text = cell.trim();
      if (text.length > MAX_CELL && /[^-:]/.test(text)) {
        wide.push(`${path}: ${text}`);
      }
    }
  }
  assertEquals(wide, []);
});

/** The documents for users and contributors. */
async function guides(): Promise<string[]> {
  const examples = await Array.fromAsync(
    Deno.readDir(new URL("examples/", root)),
  );
  const guides = examples.map(({ name }) => `examples/${name}`)
    .filter((path) => path.endsWith(".md"));
  assert(guides.length > 3);
  return [
    "README.md",
    "CONTRIBUTING.md",
    "src/README.md",
    "tests/README.md",
    ...guides.sort(),
  ];
}
