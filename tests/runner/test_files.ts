import { root } from "../runtimes/specifiers.ts";

/** The tests that look at the sources rather than run them: once is enough. */
const HOUSE = "tests/house/";

/** Those that take the package as its users do, on runtimes of their choice. */
const PACKAGE = "tests/package/";

/** Those in a real browser. */
const BROWSER = "tests/browser/";

/** Those in a runtime of the edge. */
const EDGE = "tests/edge/";

/** The test files below tests/, sorted. */
export interface TestFiles {
  /** What every runtime runs. */
  readonly behaviour: readonly string[];
  /** What runs once, on Deno. */
  readonly house: readonly string[];
  readonly package: readonly string[];
  readonly browser: readonly string[];
  readonly edge: readonly string[];
}

/** Finds the test files; with `wanted`, those whose path has one of its parts. */
export async function findTestFiles(
  wanted: readonly string[] = [],
): Promise<TestFiles> {
  const all = (await Array.fromAsync(walk("tests/")))
    .filter((path) => path.endsWith("_test.ts"))
    .filter((path) =>
      wanted.length === 0 || wanted.some((part) => path.includes(part))
    )
    .sort();
  const below = (folder: string) =>
    all.filter((path) => path.startsWith(folder));
  const once = [HOUSE, PACKAGE, BROWSER, EDGE].flatMap(below);
  return {
    behaviour: all.filter((path) => !once.includes(path)),
    house: below(HOUSE),
    package: below(PACKAGE),
    browser: below(BROWSER),
    edge: below(EDGE),
  };
}

async function* walk(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(directory, root))) {
    const path = directory + entry.name;
    if (entry.isDirectory) yield* walk(`${path}/`);
    else yield path;
  }
}
