import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";
import { type Check, listChecks } from "./checks.ts";
import { testCommand } from "./commands.ts";
import { countTestCases, sum, type Tally } from "./tally.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import type { RuntimeName } from "./runtimes.ts";

const CHECK_TIMEOUT = 900_000;
const SUITE_TIMEOUT = 2_700_000;

/** What came of a suite: its counts, and what to read when it failed. */
export interface Outcome {
  readonly tally: Tally;
  readonly report: string;
}

/** Runs every check of the sources; each counts as one test. */
export async function runChecks(): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const check of await listChecks()) outcomes.push(await runCheck(check));
  return {
    tally: sum(outcomes.map(({ tally }) => tally)),
    report: outcomes.map(({ report }) => report).join(""),
  };
}

async function runCheck(check: Check): Promise<Outcome> {
  const { name } = check;
  const { ok, output } = await runCommand(check, { timeout: CHECK_TIMEOUT });
  if (ok) return { tally: { passed: 1, failed: 0, skipped: 0 }, report: "" };
  return failure(`${name} failed\n${output}\n`);
}

function failure(report: string): Outcome {
  return { tally: { passed: 0, failed: 1, skipped: 0 }, report };
}

/** What a suite of test files is run with. */
export interface TestRun {
  /** The name of its report. */
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly files: readonly string[];
  /** What must be there before, and the environment that it gives. */
  readonly env: Promise<Readonly<Record<string, string>>>;
  readonly filter?: string | undefined;
  /** Milliseconds, 45 minutes unless said; then it is killed. */
  readonly timeout?: number;
  /** Kills it too. */
  readonly signal?: AbortSignal;
}

/** Runs test files on a runtime and counts what its JUnit report says. */
export async function runTests(run: TestRun): Promise<Outcome> {
  if (run.files.length === 0) return failure("There are no test files");
  const reports = new URL("reports/", cache);
  await Deno.mkdir(reports, { recursive: true });
  const path = fileURLToPath(new URL(`${run.name}-${Deno.pid}.xml`, reports));
  try {
    const command = await testCommand(run.runtime, run.files, {
      report: path,
      filter: run.filter,
    });
    const result = await runCommand(command, {
      env: await run.env,
      timeout: run.timeout ?? SUITE_TIMEOUT,
      signal: run.signal,
    });
    return outcomeOf(
      result,
      countTestCases(await readReport(path), run.filter),
    );
  } catch (error) {
    // The runtime or a package could not be had.
    return failure(error instanceof Error ? error.message : String(error));
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

/** A run that failed, or ran nothing, counts a failure though no test did. */
function outcomeOf({ ok, output }: CommandResult, counted: Tally): Outcome {
  const { passed, failed, skipped } = counted;
  const silent = failed === 0 && (!ok || passed + skipped === 0);
  const tally = silent ? { passed, failed: 1, skipped } : counted;
  if (tally.failed === 0) return { tally, report: "" };
  const explanation = silent && ok ? "\nNo test ran\n" : "";
  return { tally, report: withoutSuccesses(output) + explanation };
}

function withoutSuccesses(output: string): string {
  const success = /^\s*(\(pass\) |✔ |ok \d)|^.* \.\.\. ok \(/;
  return output.split("\n").filter((line) => !success.test(line)).join("\n");
}

async function readReport(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return ""; // It died before it wrote one.
  }
}
