import { root } from "../../harness/preload/specifiers.ts";

/** The tests that look at the sources rather than run them: once is enough. */
const REPOSITORY = "tests/repository/";

/** Those that take the package as its users do, on runtimes of their choice. */
const PACKAGE = "tests/platforms/package/";

/** Those in a real browser. */
const BROWSER = "tests/platforms/browser/";

/** Those in a runtime of the edge. */
const EDGE = "tests/platforms/edge/";

/** The test files below tests/, sorted. */
export interface TestFiles {
  /** What every runtime runs. */
  readonly behaviour: readonly string[];
  /** What runs once, on Deno. */
  readonly repository: readonly string[];
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
  const once = [REPOSITORY, PACKAGE, BROWSER, EDGE].flatMap(below);
  return {
    behaviour: all.filter((path) => !once.includes(path)),
    repository: below(REPOSITORY),
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
