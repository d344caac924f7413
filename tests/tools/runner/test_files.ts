import { root } from "../../harness/preload/specifiers.ts";

/** Tests of the sources and of our own tools: once, on Deno, is enough. */
const REPOSITORY = ["tests/repository/", "tests/tools/", "tests/bench/"];

/** Tests of the npm package, each on runtimes of its own choice. */
const PACKAGE = ["tests/platforms/package/"];

/** Tests in a real browser. */
const BROWSER = ["tests/platforms/browser/"];

/** Tests in an edge runtime. */
const EDGE = ["tests/platforms/edge/"];

/**
 * Unit tests of what other systems do not have as Linux does: POSIX processes,
 * their signals, `/proc`, permission bits, names of any bytes. Elsewhere they are
 * left out, unless one is named.
 */
export const LINUX_ONLY: readonly string[] = [
  "tests/unit/cli/cluster_flags_kubectl_test.ts",
  "tests/unit/cli/manifest_test.ts",
  "tests/unit/cli/program_test.ts",
  "tests/unit/cli/version_test.ts",
  "tests/unit/config/kubectl_test.ts",
  "tests/unit/config/kubectl_wire_test.ts",
  "tests/unit/files/archive/write_archive_test.ts",
  "tests/unit/files/local/entries_of_test.ts",
  "tests/unit/files/local/extract_into_test.ts",
  "tests/unit/files/local/staging_test.ts",
  "tests/unit/platform/program_test.ts",
  "tests/unit/platform/terminal/signals_test.ts",
  "tests/unit/session/keep_alive_test.ts",
];

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
  os: string = Deno.build.os,
): Promise<TestFiles> {
  const isLeftOut = (path: string) =>
    os !== "linux" && LINUX_ONLY.includes(path) &&
    !wanted.some((part) => path.endsWith(part));
  const all = (await Array.fromAsync(walk("tests/")))
    .filter((path) => path.endsWith("_test.ts"))
    .filter((path) =>
      wanted.length === 0 || wanted.some((part) => path.includes(part))
    )
    .filter((path) => !isLeftOut(path))
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
