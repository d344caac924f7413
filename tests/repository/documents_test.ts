import { assert, assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { findTestFiles } from "../tools/runner/test_files.ts";
import { root } from "../harness/preload/specifiers.ts";

const WITH_SNIPPETS = [
  "examples/connecting.md",
  "examples/debug.md",
  "examples/errors.md",
  "examples/files.md",
  "examples/objects.md",
  "examples/ports.md",
  "examples/targets.md",
];

const FENCED_TYPESCRIPT = /^```ts\n([\s\S]*?)^```$/gm;

for (const document of ["README.md", ...WITH_SNIPPETS]) {
  test(`every snippet of ${document} stands in an example`, async () => {
    const examples = (await readExamples()).map(({ text }) => squeeze(text));
    const snippets = [...(await read(document)).matchAll(FENCED_TYPESCRIPT)];
    assert(snippets.length > 0);
    const strange = snippets.map(([, snippet = ""]) => snippet)
      .filter((snippet) => {
        const lines = squeeze(snippet);
        return !examples.some((example) => example.includes(lines));
      });
    assertEquals(strange, []);
  });
}

test("every example is run by a test", async () => {
  const { behaviour, browser, edge } = await findTestFiles();
  const files = [...behaviour, ...browser, ...edge];
  const tests = (await Promise.all(files.map(read))).join("\n");
  const idle = (await readExamples()).map(({ name }) => name)
    .filter((name) => !tests.includes(name));
  assertEquals(idle, []);
});

const TASK = /deno(?:@2)? task ([a-z:]+)/g;

const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "src/README.md",
  "examples/README.md",
  "examples/clusters.md",
  "examples/connecting.md",
  "examples/debug.md",
  "examples/errors.md",
  "examples/files.md",
  "examples/first_steps.md",
  "examples/objects.md",
  "examples/migration.md",
  "examples/ports.md",
  "examples/program.md",
  "examples/targets.md",
  "examples/testing.md",
  "examples/web_terminal.md",
  "tests/README.md",
  "tests/backends/upstream/README.md",
];

/** A relative link: its path, which may be empty, and its anchor. */
const LINK = /\]\(([^)#:]*)(?:#([^)]+))?\)/g;

/** The anchors that GitHub gives to a document's headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-")
  );
}

test("errors.md lists every class of error", async () => {
  const names = Object.keys(await import("../../mod.ts"))
    .filter((name) => name.endsWith("Error") && name !== "PodwireError");
  const list = await read("examples/errors.md");
  assertEquals(names.filter((name) => !list.includes(`| \`${name}\``)), []);
});

for (const document of DOCUMENTS) {
  test(`every file that ${document} links to is there`, async () => {
    const base = new URL(document, root);
    const links = [...(await read(document)).matchAll(LINK)]
      .map(([, path = "", anchor]) => ({ path, anchor }));
    const gone = await Promise.all(links.map(async ({ path, anchor }) => {
      const url = path === "" ? base : new URL(path, base);
      const found = await Deno.stat(url).catch(() => null);
      if (found === null) return [path];
      if (anchor === undefined) return [];
      const anchors = anchorsOf(await Deno.readTextFile(url));
      return anchors.includes(anchor) ? [] : [`${path}#${anchor}`];
    }));
    assertEquals(gone.flat(), []);
  });

  test(`every task that ${document} names is in deno.json`, async () => {
    const { tasks } = JSON.parse(await read("deno.json"));
    const named = (await read(document)).matchAll(TASK);
    const unknown = [...named].map(([, name = ""]) => name)
      .filter((name) => !(name in tasks));
    assertEquals(unknown, []);
  });
}

test("the README lists every guide, by its title", async () => {
  const readme = await read("README.md");
  const missing: string[] = [];
  for await (const { name } of Deno.readDir(new URL("examples/", root))) {
    if (!name.endsWith(".md") || name === "README.md") continue;
    const [, title] = /^# (.*)$/m.exec(await read(`examples/${name}`)) ?? [];
    const link = `| [${title}](examples/${name})`;
    if (!readme.includes(link)) missing.push(link);
  }
  assertEquals(missing, []);
});

test("the calls in the tables of migration.md compile", async () => {
  const compiled = (await read("tests/types/migration_rows.ts")).split("\n")
    .map((line) => line.trim().replace(/;$/, ""));
  const rows = (await read("examples/migration.md")).matchAll(
    /^\|.*\|(.*)\|$/gm,
  );
  const calls = [...rows].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+[^`]*\(.*?\))`/g)].map(([, call = ""]) => call)
  ).filter((call) => !/\.\.\.|^new |^for /.test(call));
  assert(calls.length > 25);
  assertEquals(calls.filter((call) => !compiled.includes(call)), []);
});

test("every example is in the list of examples", async () => {
  const list = await read("examples/README.md");
  const names = (await readExamples()).map(({ name }) => name);
  assertEquals(names.filter((name) => !list.includes(`(${name})`)), []);
});

/** Lines without indentation and without blank ones, each between newlines. */
function squeeze(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return `\n${lines.join("\n")}\n`;
}

async function readExamples(): Promise<{ name: string; text: string }[]> {
  const entries = await Array.fromAsync(
    Deno.readDir(new URL("examples/", root)),
  );
  const names = entries.map(({ name }) => name)
    .filter((name) => name.endsWith(".ts"));
  return await Promise.all(
    names.map(async (name) => ({ name, text: await read(`examples/${name}`) })),
  );
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, root));
}
