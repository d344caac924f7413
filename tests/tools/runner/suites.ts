import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";
import { type Check, listChecks } from "./checks.ts";
import { testCommand } from "./commands.ts";
import { countTestCases, sum, type Tally } from "./tally.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import type { RuntimeName } from "./runtimes.ts";

const CHECK_TIMEOUT = 900_000;
const SUITE_TIMEOUT = 2_700_000;

/** The result of a suite: its counts, and a report of its failures. */
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

/** Options of {@linkcode runTests}. */
export interface TestRun {
  /** The name of the suite. */
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly files: readonly string[];
  /** The environment; the suite waits for it. */
  readonly env: Promise<Readonly<Record<string, string>>>;
  readonly filter?: string | undefined;
  /** Milliseconds after which the suite is killed. Defaults to 45 minutes. */
  readonly timeout?: number;
  /** Kills the suite. */
  readonly signal?: AbortSignal;
}

/** Runs test files on a runtime, and counts the cases of its JUnit report. */
export async function runTests(run: TestRun): Promise<Outcome> {
  if (run.files.length === 0) return failure("There are no test files");
  const reports = new URL("reports/", cache);
  await Deno.mkdir(reports, { recursive: true });
  const path = fileURLToPath(new URL(`${run.name}-${Deno.pid}.xml`, reports));
  const progress = new Progress(run.name);
  try {
    const command = await testCommand(run.runtime, run.files, {
      report: path,
      filter: run.filter,
    });
    const env = await run.env;
    console.error(`${run.name}: running ${run.files.length} test files`);
    progress.start();
    const result = await runCommand(command, {
      env,
      onOutput: progress.add,
      timeout: run.timeout ?? SUITE_TIMEOUT,
      signal: run.signal,
    });
    return outcomeOf(
      result,
      countTestCases(await readReport(path), run.filter),
    );
  } catch (error) {
    // The runtime or a package is not available.
    return failure(error instanceof Error ? error.message : String(error));
  } finally {
    progress.stop();
    await Deno.remove(path).catch(() => {});
  }
}

/** A run that failed or ran no test counts as a failure, even if no test failed. */
function outcomeOf({ ok, output }: CommandResult, counted: Tally): Outcome {
  const { passed, failed, skipped } = counted;
  const silent = failed === 0 && (!ok || passed + skipped === 0);
  const tally = silent ? { passed, failed: 1, skipped } : counted;
  if (tally.failed === 0) return { tally, report: "" };
  const explanation = silent && ok ? "\nNo test ran\n" : "";
  return { tally, report: withoutSuccesses(output) + explanation };
}

function withoutSuccesses(output: string): string {
  return output.split("\n").filter((line) => !SUCCESS.test(line)).join("\n");
}

/** A passed test in the output of Bun, Node or Deno. */
const SUCCESS = /^\s*(\(pass\) |✔ |ok \d)|^.* \.\.\. ok \(/;

/** Milliseconds between progress lines. */
const PROGRESS_INTERVAL = 30_000;

/** Prints how many tests of a suite have passed so far. */
class Progress {
  readonly #name: string;
  #passed = 0;
  #rest = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  start(): void {
    this.#timer = setInterval(() => {
      console.error(`${this.#name}: ${this.#passed} passed so far`);
    }, PROGRESS_INTERVAL);
  }

  readonly add = (part: string): void => {
    const lines = (this.#rest + part).split("\n");
    this.#rest = lines.pop()!;
    this.#passed += lines.filter((line) => SUCCESS.test(line)).length;
  };

  stop(): void {
    clearInterval(this.#timer);
  }
}

async function readReport(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return ""; // The runtime ended before it wrote one.
  }
}
