import { assert, assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import {
  findCycle,
  floorOf,
  importedFiles,
  mayLoadPackages,
  mayNameRuntimes,
} from "./floors.ts";
import { parse, readSourceFiles } from "./source_files.ts";

test("no file imports from a floor above its own", async () => {
  const upward: string[] = [];
  for (const file of await readSourceFiles()) {
    for (const imported of importedFiles(file)) {
      if (floorOf(imported) > floorOf(file.path)) {
        upward.push(`${file.path} -> ${imported}`);
      }
    }
  }
  assertEquals(upward, []);
});

test("no file imports itself through others", async () => {
  assertEquals(findCycle(await readSourceFiles()), null);
});

test("only adapters and the floors from 8 on name a runtime's globals", async () => {
  const files = await readSourceFiles();
  const named = files.filter(({ path, code }) =>
    !mayNameRuntimes(path) && /(?<![\w$.#])(Deno|Bun|process)\b/.test(code)
  );
  assertEquals(named.map(({ path }) => path), []);
});

test("below floor 8 a runtime's module is imported for its types only", async () => {
  const loaded: string[] = [];
  for (const { path, imports } of await readSourceFiles()) {
    const builtin = imports.filter(({ specifier, typeOnly }) =>
      /^(node|bun):/.test(specifier) && !(typeOnly && mayNameRuntimes(path))
    );
    if (floorOf(path) < floorOf("src/testing/mod.ts")) {
      loaded.push(...builtin.map(({ specifier }) => `${path}: ${specifier}`));
    }
  }
  assertEquals(loaded, []);
});

test("mod.ts reaches neither the terminal nor the program", async () => {
  const files = new Map(
    (await readSourceFiles()).map((file) => [file.path, file]),
  );
  const reached = new Set(["mod.ts"]);
  for (const path of reached) {
    importedFiles(files.get(path)!).forEach((next) => reached.add(next));
  }
  assert(reached.has("src/adapters/deno/mod.ts"));
  const wrong = [...reached].filter((path) =>
    /^src\/(terminal|cli|platform\/terminal)\//.test(path)
  );
  assertEquals(wrong, []);
});

test("a package is loaded lazily, and only where allowed", async () => {
  const wrong: string[] = [];
  for (const { path, imports } of await readSourceFiles()) {
    for (const { specifier, typeOnly, dynamic } of imports) {
      if (/^(\.|node:|bun:)/.test(specifier)) continue;
      const lazy = typeOnly || dynamic;
      if (!lazy || !mayLoadPackages(path)) wrong.push(`${path}: ${specifier}`);
    }
  }
  assertEquals(wrong, []);
});

test("no source writes out an npm: or jsr: specifier", async () => {
  const written = (await readSourceFiles()).filter(({ imports }) =>
    imports.some(({ specifier }) => /^(npm|jsr|https?):/.test(specifier))
  );
  assertEquals(written.map(({ path }) => path), []);
});

test("every source is TypeScript that Node 22 can run by erasing types", async () => {
  const unrunnable =
    /^\s*(export\s+)?(const\s+)?(enum|namespace)\s+\w|^\s*@\w+|\busing\s+\w+\s*=|constructor\([^)]*\b(private|public|protected|readonly)\s/m;
  const found = (await readSourceFiles()).filter(({ code }) =>
    unrunnable.test(code)
  );
  assertEquals(found.map(({ path }) => path), []);
});

test("the repository rules read imports of every form", () => {
  const { imports, code } = parse(
    "src/errors.ts",
    [
      'import "./a.ts";',
      'import b, { type c } from "./b.ts"; // import "./no.ts"',
      'import type { D } from "node:net";',
      "export {",
      "  e,",
      '} from "./e.ts";',
      'export * as f from "./f.ts";',
      "/** import('./no.ts') */",
      'const g = await import("@std/yaml");',
      'type H = typeof import("./no.ts");',
      'const h = "Deno.env // not a comment";',
    ].join("\n"),
  );
  const form = (specifier: string, typeOnly = false, dynamic = false) => ({
    specifier,
    typeOnly,
    dynamic,
  });
  assertEquals(imports, [
    form("./a.ts"),
    form("./b.ts"),
    form("node:net", true),
    form("./e.ts"),
    form("./f.ts"),
    form("@std/yaml", false, true),
  ]);
  assertEquals(code.includes("Deno"), false);
  assertEquals(code.includes("no.ts"), false);
});

test("the repository rules find a cycle", () => {
  const file = (path: string, target: string) =>
    parse(path, `import "./${target}";`);
  assertEquals(
    findCycle([
      file("src/a.ts", "b.ts"),
      file("src/b.ts", "c.ts"),
      file("src/c.ts", "b.ts"),
    ]),
    ["src/b.ts", "src/c.ts", "src/b.ts"],
  );
});
