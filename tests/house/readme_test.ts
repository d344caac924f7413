import { assert, assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { findTestFiles } from "../runner/test_files.ts";
import { root } from "../runtimes/specifiers.ts";

const FENCED_TYPESCRIPT = /^```ts\n([\s\S]*?)^```$/gm;

test("every snippet of the README stands in an example", async () => {
  const examples = (await readExamples()).map(({ text }) => squeeze(text));
  const snippets = (await read("README.md")).matchAll(FENCED_TYPESCRIPT);
  const strange = [...snippets].map(([, snippet = ""]) => snippet)
    .filter((snippet) => {
      const lines = squeeze(snippet);
      return !examples.some((example) => example.includes(lines));
    });
  assertEquals(strange, []);
});

test("the README has snippets", async () => {
  assert((await read("README.md")).match(FENCED_TYPESCRIPT) !== null);
});

test("every example is run by a test", async () => {
  const { behaviour, browser, edge } = await findTestFiles();
  const files = [...behaviour, ...browser, ...edge];
  const tests = (await Promise.all(files.map(read))).join("\n");
  const idle = (await readExamples()).map(({ name }) => name)
    .filter((name) => !tests.includes(name));
  assertEquals(idle, []);
});

test("every file that the README links to is there", async () => {
  const links = [...(await read("README.md")).matchAll(/\]\(([^)#:]+)\)/g)]
    .map(([, path = ""]) => path);
  assert(links.length > 0);
  const gone = await Promise.all(links.map(async (path) => {
    const found = await Deno.stat(new URL(path, root)).catch(() => null);
    return found ? [] : [path];
  }));
  assertEquals(gone.flat(), []);
});

test("every task that the README names is in deno.json", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const named = [
    ...(await read("README.md")).matchAll(/deno(?:@2)? task (\w+)/g),
  ]
    .map(([, name = ""]) => name);
  assertEquals(named.filter((name) => !(name in tasks)), []);
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
