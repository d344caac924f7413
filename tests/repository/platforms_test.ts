// What runs on Linux here must not depend on it by accident elsewhere.
import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path/posix";
import { root } from "../harness/preload/specifiers.ts";
import { test } from "../harness.ts";
import { findTestFiles, LINUX_ONLY } from "../tools/runner/test_files.ts";

async function* walk(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(directory, root))) {
    const path = directory + entry.name;
    if (entry.isDirectory) yield* walk(`${path}/`);
    else if (path.endsWith(".ts")) yield path;
  }
}

const read = (path: string) => Deno.readTextFile(new URL(path, root));

/**
 * What is wrong on Windows: a path taken from the URL of a file, where `C:` and
 * spaces make it another one; the other separator of lists; a guessed separator.
 */
const POSIX_PATHS = [
  /import\.meta\.url[^;\n]*\.pathname/,
  /\b(?:root|cache|packages|directory|sources|target)\.pathname\b/,
  /(?:PATH|KUBECONFIG)\b[^;\n]*\.split\(":"\)/,
];

/** The test kit's containers are POSIX processes. */
const POSIX_FILES = ["src/testing/containers/executable.ts"];

test("no path is cut from a file's URL, and no list of paths at colons", async () => {
  const found: string[] = [];
  for (const folder of ["src/", "tests/", "examples/"]) {
    for await (const path of walk(folder)) {
      if (POSIX_FILES.includes(path)) continue;
      const text = await read(path);
      for (const pattern of POSIX_PATHS) {
        const [match] = pattern.exec(text) ?? [];
        if (match !== undefined) found.push(`${path}: ${match}`);
      }
    }
  }
  assertEquals(found, []);
});

/** What Windows, or a file system without case, does otherwise. */
const LINUX =
  /node:child_process|\bstartCluster\b|^import [^;]*\b(?:symlink|chmod)(?:Sync)?\b[^;]*"node:fs/m;

test("the unit tests of the jobs for macOS and Windows need no POSIX process", async () => {
  const workflow = await read(".github/workflows/ci.yml");
  const folders = workflow.match(/(?<=\s)unit\/\w+/g) ?? [];
  assert(folders.length >= 10);
  const { behaviour } = await findTestFiles(folders, "windows");
  assert(behaviour.length > 100);
  const wrong: string[] = [];
  for (const path of behaviour) {
    for (const file of await testFilesBehind(path)) {
      if (LINUX.test(await read(file))) wrong.push(`${path}: ${file}`);
    }
  }
  assertEquals(wrong, [], "these belong in LINUX_ONLY of test_files.ts");
  const all = (await findTestFiles([], "linux")).behaviour;
  assertEquals(LINUX_ONLY.filter((path) => !all.includes(path)), []);
});

/** A test file and those below tests/ that it imports, but for the harness. */
async function testFilesBehind(path: string): Promise<Set<string>> {
  const found = new Set([path]);
  for (const file of found) {
    for (const [, specifier] of (await read(file)).matchAll(RELATIVE)) {
      const other = join(dirname(file), specifier!);
      const isOurs = other.startsWith("tests/") &&
        !other.startsWith("tests/harness");
      if (isOurs && other.endsWith(".ts")) found.add(other);
    }
  }
  return found;
}

const RELATIVE = /(?:from |import\(?\s*)"(\.[^"]+)"/g;

test("the jobs for other systems run their commands in bash", async () => {
  const workflow = await read(".github/workflows/ci.yml");
  const job = workflow.slice(workflow.indexOf("\n  others:"));
  assert(/^ {4}defaults:\n {6}run:\n(?: +#.*\n)* {8}shell: bash$/m.test(job));
});

test("the line ends of a checkout are those of the repository", async () => {
  const attributes = await read(".gitattributes");
  assert(/^\* text=auto eol=lf$/m.test(attributes));
});
