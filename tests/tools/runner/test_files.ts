import { root } from "../../harness/preload/specifiers.ts";

/** Tests of the sources and of our own tools: once, on Deno, is enough. */
const REPOSITORY = ["tests/repository/", "tests/tools/", "tests/bench/"];

/** Tests of the npm package, each on runtimes of its own choice. */
const PACKAGE = ["tests/platforms/package/"];

/** Tests in a real browser. */
const BROWSER = ["tests/platforms/browser/"];

/** Tests in an edge runtime. */
const EDGE = ["tests/platforms/edge/"];

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

/** Finds the test files; with `wanted`, those whose path contains one of its parts. */
export async function findTestFiles(
  wanted: readonly string[] = [],
): Promise<TestFiles> {
  const all = (await Array.fromAsync(walk("tests/")))
    .filter((path) => path.endsWith("_test.ts"))
    .filter((path) =>
      wanted.length === 0 || wanted.some((part) => path.includes(part))
    )
    .sort();
  const below = (folders: readonly string[]) =>
    all.filter((path) => folders.some((folder) => path.startsWith(folder)));
  const once = below([...REPOSITORY, ...PACKAGE, ...BROWSER, ...EDGE]);
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
