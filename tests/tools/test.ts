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
  provideBundlers,
  provideConsumerTools,
  providePackages,
  provideWorkerd,
} from "./runner/packages.ts";
import { ResultReader } from "./runner/progress.ts";
import { runSuite, Slots, split, type Suite } from "./runner/schedule.ts";
import { failure, type Outcome, runChecks, runTests } from "./runner/suites.ts";
import { failureList, type Row, sum, summary, table } from "./runner/tally.ts";
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
 * How many parts of suites run at the same time. Tests wait more than they
 * compute: with three, two cores were idle for two thirds of the time, and with
 * six for a quarter. CI stays below that, as its cases are many more.
 */
const WORKERS = inCI ? 6 : 8;

const only = values.only?.split(",") ?? [
  "checks",
  "repository",
  "package",
  "browser",
  "edge",
  ...runtimeNames.filter((name) => inCI || !oldest.includes(name)),
];

/** Nothing is selected, so what hardly depends on the runtime runs on one of them. */
const sharesWork = !inCI && Deno.env.get("PODWIRE_MATRIX") === undefined &&
  values.only === undefined && values.filter === undefined &&
  positionals.length === 0;

// CI's own limit is an hour and a half, after which nobody sees what failed.
const limit = new AbortController();
const minutes = 75;
const limitTimer = setTimeout(() => {
  limit.abort(`the whole run took ${minutes} minutes`);
  // A preparation hears no signal.
  Deno.unrefTimer(setTimeout(finish, 60_000));
}, minutes * 60_000);

/** Why nothing can run. */
const unprepared: Outcome[] = [];
const rows: Row[] = [];
const reports: string[] = [];
const failed: string[] = [];

// Before the suites, so that no test's timeout runs; the suites report failures.
const files = await findTestFiles(positionals);
const upstream = await prepare();

const suites = new Map<string, Suite>();
for (const name of ["package", "repository", "browser", "edge"] as const) {
  suites.set(name, testSuite(name, "deno", [files[name]]));
}
suites.set("checks", {
  name: "checks",
  parts: [() => runChecks(limit.signal)],
  results: [],
});
for (const name of runtimeNames) {
  const parts = split(files.behaviour, mostParts(name));
  suites.set(name, testSuite(name, name, parts));
}

for (const name of only) {
  if (suites.has(name)) continue;
  console.error(`There is no suite "${name}": ${[...suites.keys()]}`);
  Deno.exit(2);
}

const slots = new Slots(WORKERS);
// The longest come first, so that no core is idle at the end.
const order = sharesWork
  ? ["deno", "bun", "node22", "package", "node26", "node24"]
  : ["package", "deno", "bun", "node24", ...oldest, ...runtimeNames];
const place = (name: string) =>
  order.includes(name) ? order.indexOf(name) : order.length;
await Promise.all(
  only.toSorted((a, b) => place(a) - place(b))
    .map((name) => runSuite(suites.get(name)!, slots, addRow)),
);
clearTimeout(limitTimer);
await upstream?.close();
finish();

/** Prints what failed again, because CI shows the end of the output, and the sums. */
function finish(): never {
  for (const name of only) {
    if (rows.some((row) => row.name === name)) continue;
    addRow(
      { name, seconds: 0, passed: 0, failed: 1, skipped: 0 },
      failure("It did not end"),
    );
  }
  rows.sort((a, b) => only.indexOf(a.name) - only.indexOf(b.name));
  for (const report of reports) console.log(report);
  if (failed.length > 0) console.log(`\nFailed:\n${failed.join("\n")}`);
  const total = sum(rows);
  console.log(`\n${table(rows)}\n\n${summary(total)}`);
  Deno.exit(total.failed === 0 ? 0 : 1);
}

/**
 * In how many processes a runtime's tests run. Where work is shared, the versions
 * of Node have a third of the tests each; Node 22 keeps no compiled TypeScript, and
 * so takes longer than the others.
 */
function mostParts(name: RuntimeName): number {
  if (!sharesWork || name === "bun" || name === "node22") return 3;
  return name === "deno" ? 4 : 2;
}

function addRow(row: Row, { failures, report }: Outcome): void {
  rows.push(row);
  if (failures.length === 0) return;
  reports.push(`\n${row.name}:\n${report}`);
  failed.push(failureList(row.name, failures));
}

/** Fetches and builds what the suites need, and starts the upstream server. */
async function prepare(): Promise<Upstream | null> {
  for (const name of neededRuntimes()) {
    await provideRuntime(name).catch(() => {});
  }
  if (only.includes("package")) {
    await provideConsumerTools().catch(() => {});
    if (!sharesWork) await provideBundlers().catch(() => {});
  }
  if (only.includes("edge")) await provideWorkerd().catch(() => {});
  if (only.includes("edge") || only.includes("browser")) {
    await provideBundler().catch(() => {});
  }
  try {
    await providePackages();
    const authority = await provideAuthority();
    // No unit test talks to it, and its build takes minutes.
    const needed = runtimeNames.some((name) => only.includes(name)) &&
      files.behaviour.some((path) => !path.startsWith("tests/unit/"));
    if (!needed) return { env: authority, close: () => Promise.resolve() };
    const { env, close } = await startUpstream(authority.PODWIRE_TEST_CA!);
    return { env: { ...authority, ...env }, close };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    unprepared.push(failure(message));
    return null;
  }
}

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

/** Runs files in as many processes as there are parts. */
function testSuite(
  name: string,
  runtime: RuntimeName,
  parts: readonly (readonly string[])[],
): Suite {
  const results = parts.map(() => new ResultReader());
  return {
    name,
    results,
    parts: parts.map((paths, index) => () =>
      upstream === null ? Promise.resolve(unprepared[0]!) : runTests({
        name,
        runtime,
        files: paths,
        env: { ...upstream.env, ...sharesWork && { PODWIRE_MATRIX: "shared" } },
        filter: values.filter,
        results: results[index]!,
        signal: limit.signal,
      })
    ),
  };
}
