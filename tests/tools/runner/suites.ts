import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";
import { type Check, listChecks } from "./checks.ts";
import { testCommand, testVariables } from "./commands.ts";
import { isSuccess, type ResultReader } from "./progress.ts";
import {
  type Counted,
  countTestCases,
  type Failure,
  sum,
  type Tally,
} from "./tally.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import type { RuntimeName } from "./runtimes.ts";

const CHECK_TIMEOUT = 900_000;
const SILENCE_LIMIT = 360_000;

/** The result of a suite: its counts, and what failed. */
export interface Outcome {
  readonly tally: Tally;
  readonly failures: readonly Failure[];
  /** What the failed processes printed. */
  readonly report: string;
}

/** Runs every check of the sources; each counts as one test. */
export async function runChecks(signal: AbortSignal): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const check of await listChecks()) {
    outcomes.push(await runCheck(check, signal));
  }
  return combined(outcomes);
}

/** The sums of the parts of a suite, and the reports of all. */
export function combined(outcomes: readonly Outcome[]): Outcome {
  return {
    tally: sum(outcomes.map(({ tally }) => tally)),
    failures: outcomes.flatMap(({ failures }) => failures),
    report: outcomes.map(({ report }) => report).join(""),
  };
}

async function runCheck(check: Check, signal: AbortSignal): Promise<Outcome> {
  const { name } = check;
  const { ok, output } = await runCommand(check, {
    timeout: CHECK_TIMEOUT,
    signal,
  });
  const tally = { passed: 1, failed: 0, skipped: 0 };
  if (ok) return { tally, failures: [], report: "" };
  return failure(`${name} failed\n${output}\n`);
}

/** The outcome of what could not run. */
export function failure(report: string): Outcome {
  const [name = ""] = report.trimStart().split("\n");
  return {
    tally: { passed: 0, failed: 1, skipped: 0 },
    failures: [{ name, error: "" }],
    report,
  };
}

/** Options of {@linkcode runTests}. */
export interface TestRun {
  /** The name of the suite. */
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly filter?: string | undefined;
  /** Counts the results as they come. */
  readonly results: ResultReader;
  /**
   * Milliseconds without a result after which the run is killed. Defaults to 6
   * minutes: the longest limit of one test is 5.
   */
  readonly silence?: number;
  /** Kills the run, and its reason says why. */
  readonly signal?: AbortSignal;
}

/** Runs test files on a runtime, and counts the cases of its JUnit report. */
export async function runTests(run: TestRun): Promise<Outcome> {
  if (run.files.length === 0) return failure("There are no test files");
  const { filter, results } = run;
  const reports = new URL("reports/", cache);
  await Deno.mkdir(reports, { recursive: true });
  const report = `${run.name}-${crypto.randomUUID()}.xml`;
  const path = fileURLToPath(new URL(report, reports));
  const silence = new Silence(run.silence ?? SILENCE_LIMIT);
  try {
    const command = await testCommand(run.runtime, run.files, {
      report: path,
      filter,
    });
    const { signal } = silence;
    silence.start();
    const result = await runCommand(command, {
      env: { ...testVariables(run.runtime), ...run.env },
      onOutput: (part) => {
        if (results.add(part)) silence.start();
      },
      signal: run.signal ? AbortSignal.any([signal, run.signal]) : signal,
    });
    const text = await readReport(path);
    // A run that was killed leaves no report: its output is all that there is.
    const counted = text === ""
      ? { tally: results.counts, failures: results.failures }
      : countTestCases(text, filter);
    return outcomeOf(result, counted, results.last);
  } catch (error) {
    // The runtime or a package is not available.
    return failure(error instanceof Error ? error.message : String(error));
  } finally {
    silence.end();
    await Deno.remove(path).catch(() => {});
  }
}

/** Aborts when nothing was heard for a time. */
class Silence {
  readonly #limit: number;
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Starts to wait, again if it waits already. */
  start(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#stop.abort(`no test ended in ${this.#limit / 1000} s`);
    }, this.#limit);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** A run that failed or ran no test counts as a failure, even if no test failed. */
function outcomeOf(
  { ok, output }: CommandResult,
  { tally, failures }: Counted,
  last: string,
): Outcome {
  const { passed, failed, skipped } = tally;
  const silent = failed === 0 && (!ok || passed + skipped === 0);
  if (failed === 0 && !silent) return { tally, failures, report: "" };
  const report = withoutSuccesses(output);
  if (!silent) return { tally, failures, report };
  const explanation = ok
    ? "No test ran"
    : `The last test that ended: ${last || "none"}`;
  return {
    tally: { passed, failed: 1, skipped },
    failures: [{ name: explanation, error: "" }],
    report: `${report}\n${explanation}\n`,
  };
}

function withoutSuccesses(output: string): string {
  return output.split("\n").filter((line) => !isSuccess(line)).join("\n");
}

async function readReport(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return ""; // The runtime ended before it wrote one.
  }
}
