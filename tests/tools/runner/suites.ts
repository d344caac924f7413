import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";
import { type Check, listChecks } from "./checks.ts";
import { testCommand, testVariables } from "./commands.ts";
import { isSuccess, type ResultReader } from "./progress.ts";
import { countTestCases, sum, type Tally } from "./tally.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import type { RuntimeName } from "./runtimes.ts";

const CHECK_TIMEOUT = 900_000;
const SILENCE_LIMIT = 360_000;

/** The result of a suite: its counts, and a report of its failures. */
export interface Outcome {
  readonly tally: Tally;
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
    report: outcomes.map(({ report }) => report).join(""),
  };
}

async function runCheck(check: Check, signal: AbortSignal): Promise<Outcome> {
  const { name } = check;
  const { ok, output } = await runCommand(check, {
    timeout: CHECK_TIMEOUT,
    signal,
  });
  if (ok) return { tally: { passed: 1, failed: 0, skipped: 0 }, report: "" };
  return failure(`${name} failed\n${output}\n`);
}

/** The outcome of what could not run. */
export function failure(report: string): Outcome {
  return { tally: { passed: 0, failed: 1, skipped: 0 }, report };
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
    const tally = text === "" ? results.counts : countTestCases(text, filter);
    return outcomeOf(result, tally, results.last);
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
  counted: Tally,
  last: string,
): Outcome {
  const { passed, failed, skipped } = counted;
  const silent = failed === 0 && (!ok || passed + skipped === 0);
  const tally = silent ? { passed, failed: 1, skipped } : counted;
  if (tally.failed === 0) return { tally, report: "" };
  const explanation = !silent
    ? ""
    : ok
    ? "\nNo test ran\n"
    : `The last test that ended: ${last || "none"}\n`;
  return { tally, report: withoutSuccesses(output) + explanation };
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
