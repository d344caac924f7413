// Every file and document that the repository refers to is in it.
import { assert, assertEquals } from "@std/assert";
import { root } from "../harness/preload/specifiers.ts";
import { test } from "../harness.ts";

const TEXT = /\.(ts|md|go|json|yml|html|css)$/;
const FOREIGN = /^(\.|node_modules$|coverage$)/;

/** Every text file of the repository, as a path from the root. */
const paths = await Array.fromAsync(walk(""));

async function* walk(directory: string): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(`./${directory}`, root))
  ) {
    if (FOREIGN.test(name) && name !== ".github") continue;
    if (isDirectory) yield* walk(`${directory}${name}/`);
    else if (TEXT.test(name)) yield directory + name;
  }
}

const read = (path: string) => Deno.readTextFile(new URL(path, root));

const exists = (url: URL) => Deno.stat(url).then(() => true, () => false);

/** References that lead nowhere, as `file: reference`. */
async function dangling(
  files: readonly string[],
  references: (text: string) => Iterable<string>,
  targetsOf: (file: string, reference: string) => URL[],
): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    for (const reference of references(await read(file))) {
      const targets = targetsOf(file, reference);
      const present = await Promise.all(targets.map(exists));
      if (!present.includes(true)) found.push(`${file}: ${reference}`);
    }
  }
  return found;
}

test("every source file that is named by its path exists", async () => {
  // Its test data names files that do not exist.
  const files = paths.filter((path) => !path.endsWith("floors_test.ts"));
  assert(files.length > 500);
  const named = /(?<![\w./-])(?:src|tests|examples)\/[\w./-]+\.(?:ts|md|go)\b/g;
  const missing = await dangling(
    files,
    (text) => [...text.matchAll(named)].map(([path]) => path),
    (_, path) => [new URL(path, root)],
  );
  assertEquals(missing, []);
});

test("every document that is named exists", async () => {
  const documents = new Set(paths.map((path) => path.split("/").at(-1)));
  const missing: string[] = [];
  for (const path of paths) {
    for (
      const [name] of (await read(path)).matchAll(/(?<![\w/.-])[\w-]+\.md\b/g)
    ) {
      if (!documents.has(name)) missing.push(`${path}: ${name}`);
    }
  }
  assertEquals(missing, []);
});

test("every heading that a document links to exists", async () => {
  const missing: string[] = [];
  for (const path of paths.filter((path) => path.endsWith(".md"))) {
    const links = (await read(path)).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g);
    for (const [link, file = "", anchor] of links) {
      const target = file === "" ? path : new URL(file, new URL(path, root));
      const text = await Deno.readTextFile(new URL(target, root));
      const headings = [...text.matchAll(/^#+ (.+)$/gm)]
        .map(([, title = ""]) => anchorOf(title));
      if (!headings.includes(anchor!)) missing.push(`${path}: ${link}`);
    }
  }
  assertEquals(missing, []);
});

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-");
}
