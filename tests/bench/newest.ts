import { fileURLToPath } from "node:url";
import { cache } from "../tools/runner/cache.ts";
import { runCommand } from "../tools/runner/run_command.ts";
import type { RuntimeName } from "../tools/runner/runtimes.ts";

const TIMEOUT = 60_000;

/**
 * Makes the next installation of runtimes take their newest patches. The cache
 * keeps what was the newest when it was fetched, which is right for tests. A
 * bench of it would report an older runtime as today's, so what is outdated is
 * removed, and is then fetched again.
 *
 * Deno runs the bench, so it cannot be replaced: an older one is printed.
 */
export async function removeOutdatedRuntimes(
  names: Iterable<RuntimeName>,
): Promise<void> {
  await Promise.all(
    [...new Set(names)].map((name) =>
      name === "deno"
        ? printOlderDeno()
        : removeOutdated(new URL(`tools/${name}/`, cache))
    ),
  );
}

/** Removes a folder of npm packages if one of its dependencies is outdated. */
export async function removeOutdated(directory: URL): Promise<void> {
  const outdated = await outdatedIn(directory);
  if (outdated === null || outdated.length === 0) return;
  console.log(`Not the newest: ${outdated.join(", ")}`);
  await Deno.remove(directory, { recursive: true });
}

/** For example "ws 8.1.0, newest 8.2.0"; null if npm cannot tell. */
async function outdatedIn(directory: URL): Promise<string[] | null> {
  try {
    await Deno.stat(directory);
  } catch {
    return [];
  }
  const { output } = await npm(
    ["outdated", "--json", `--prefix=${fileURLToPath(directory)}`],
  );
  const found = outdatedPackages(output);
  if (found === null) {
    console.log(`Cannot see whether ${fileURLToPath(directory)} is the newest`);
  }
  return found;
}

/**
 * The outdated packages in the output of `npm outdated --json`, of those that
 * the versions wanted allow; null if it is the report of an error.
 */
export function outdatedPackages(output: string): string[] | null {
  // After a failure, which this exit code is, runCommand adds a line.
  const json = output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1);
  let report: Record<string, { current?: string; wanted?: string }>;
  try {
    report = JSON.parse(json || "{}");
  } catch {
    return null;
  }
  if ("error" in report) return null;
  return Object.entries(report)
    .filter(([, { current, wanted }]) => current !== wanted)
    .map(([name, { current, wanted }]) =>
      `${name} ${current ?? "(none)"}, newest ${wanted}`
    );
}

async function printOlderDeno(): Promise<void> {
  const { output } = await npm(["view", "deno", "version"]);
  const newest = output.match(/^\d+\.\d+\.\d+$/m)?.[0];
  if (newest === undefined) {
    console.log("Cannot see whether this Deno is the newest");
  } else if (newest !== Deno.version.deno) {
    console.log(`Not the newest: deno ${Deno.version.deno}, newest ${newest}`);
  }
}

function npm(args: readonly string[]): Promise<{ output: string }> {
  const program = Deno.build.os === "windows" ? "npm.cmd" : "npm";
  return runCommand({ program, args }, { timeout: TIMEOUT });
}
