/**
 * `deno task test`: the checks of the sources, then the same tests on every
 * runtime, and a closing line with the sums.
 *
 * For developers: `deno task test --only deno,bun --filter REGEX [PATH PARTS]`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { provideAuthority } from "./runner/authority.ts";
import {
  provideBundler,
  provideConsumerTools,
  providePackages,
  provideWorkerd,
} from "./runner/packages.ts";
import { type Outcome, runChecks, runTests } from "./runner/suites.ts";
import { type Row, sum, summary, table } from "./runner/tally.ts";
import { findTestFiles } from "./runner/test_files.ts";
import {
  provideRuntime,
  type RuntimeName,
  runtimeNames,
  type ToolName,
} from "./runner/runtimes.ts";
import { startUpstream, type Upstream } from "./runner/upstream.ts";

const { values, positionals } = parseArgs({
  args: Deno.args.filter((arg) => arg !== "--"),
  options: { only: { type: "string" }, filter: { type: "string" } },
  allowPositionals: true,
});

const oldest: readonly RuntimeName[] = ["deno25", "bun130"];
const inCI = Deno.env.get("CI") === "true";

/**
 * How many suites run at the same time. Tests wait more than they compute. CI has
 * time, and a test that fails there because of load is of no use.
 */
const WORKERS = inCI ? 2 : 4;

const only = values.only?.split(",") ?? [
  "checks",
  "repository",
  "package",
  "browser",
  "edge",
  ...runtimeNames.filter((name) => inCI || !oldest.includes(name)),
];

const prepared = prepare();
// Before the suites, so that no test's timeout runs; the suite reports failures.
const upstream = await prepared.catch(() => null);
for (const name of neededRuntimes()) {
  await provideRuntime(name).catch(() => {});
}
if (only.includes("package")) await provideConsumerTools().catch(() => {});
if (only.includes("edge")) await provideWorkerd().catch(() => {});
if (only.includes("edge") || only.includes("browser")) {
  await provideBundler().catch(() => {});
}
const files = await findTestFiles(positionals);

const suites = new Map<string, () => Promise<Outcome>>([
  ["checks", runChecks],
  ["repository", () => run("repository", "deno", files.repository)],
  ["package", () => run("package", "deno", files.package)],
  ["browser", () => run("browser", "deno", files.browser)],
  ["edge", () => run("edge", "deno", files.edge)],
]);
for (const name of runtimeNames) {
  suites.set(name, () => run(name, name, files.behaviour));
}

for (const name of only) {
  if (suites.has(name)) continue;
  console.error(`There is no suite "${name}": ${[...suites.keys()]}`);
  Deno.exit(2);
}

// The longest first.
const queue = only.toSorted((a, b) => lengthOf(b) - lengthOf(a));
const rows: Row[] = [];
const reports: string[] = [];
await Promise.all(Array.from({ length: WORKERS }, work));
await upstream?.close();
rows.sort((a, b) => only.indexOf(a.name) - only.indexOf(b.name));

// Print failures again: CI shows the end of the output.
for (const report of reports) console.log(report);
const total = sum(rows);
console.log(`\n${table(rows)}\n\n${summary(total)}`);
Deno.exit(total.failed === 0 ? 0 : 1);

/** The runtimes of the suites, and those that their tests start. */
function neededRuntimes(): Set<ToolName> {
  const needed = new Set<ToolName>(
    runtimeNames.filter((name) => only.includes(name)),
  );
  if (only.includes("package")) needed.add("node223").add("bun");
  if (only.includes("repository")) needed.add("deno25").add("bun");
  if (only.includes("package") || only.includes("repository")) {
    needed.add("node22").add("node24").add("node26");
  }
  return needed;
}

/** The relative duration of a suite. */
function lengthOf(suite: string): number {
  return runtimeNames.some((name) => name === suite) ? 1 : 0;
}

async function work(): Promise<void> {
  for (let name; (name = queue.shift()) !== undefined;) {
    const start = performance.now();
    const { tally, report } = await suites.get(name)!();
    const seconds = (performance.now() - start) / 1000;
    rows.push({ name, seconds, ...tally });
    console.log(`${name}: ${summary(tally)} (${seconds.toFixed(1)} s)`);
    if (report === "") continue;
    console.log(report);
    reports.push(`\n${name}:\n${report}`);
  }
}

async function prepare(): Promise<Upstream> {
  await providePackages();
  const authority = await provideAuthority();
  const needed = runtimeNames.some((name) => only.includes(name));
  if (!needed) return { env: authority, close: () => Promise.resolve() };
  const { env, close } = await startUpstream(authority.PODWIRE_TEST_CA!);
  return { env: { ...authority, ...env }, close };
}

function run(
  name: string,
  runtime: RuntimeName,
  paths: readonly string[],
): Promise<Outcome> {
  const env = prepared.then(({ env }) => env);
  return runTests({ name, runtime, files: paths, env, filter: values.filter });
}
