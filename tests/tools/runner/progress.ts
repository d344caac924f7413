import type { Failure } from "./tally.ts";

/** Milliseconds between progress lines. */
const INTERVAL = 15_000;

/** How the result of one test begins in the output of Deno, Bun or Node. */
const RESULTS = {
  passed: /^\s*(?:\(pass\) |✔ )(.*)|^(.*) \.\.\. .*?\bok \(|^ok \d+ - (.*)/,
  failed: /^\s*(?:\(fail\) |✖ )(.*)|^(.*) \.\.\. .*?\bFAILED \(/,
  skipped: /^\s*(?:\(skip\) |﹣ )(.*)|^(.*) \.\.\. ignored\b/,
} as const;

/** The duration behind a name, and what follows it. */
const DURATION = / [([][\d.]+m?s[)\]].*$/;

/** A new section of the output, which lists the failures again. */
const REPEATED = /^✖ failing tests:|^ (ERRORS|FAILURES) $|^\d+ tests failed:/;

/** Counts of test results. */
export type Counts = Record<keyof typeof RESULTS, number>;

/** Whether a line of output says that a test passed. */
export function isSuccess(line: string): boolean {
  return RESULTS.passed.test(line);
}

/** Counts the results in the output of one test process as it arrives. */
export class ResultReader {
  readonly counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  /** The tests that failed. */
  readonly failures: Failure[] = [];
  /** The name of the last test with a result. */
  last = "";
  #rest = "";
  #repeated = false;

  /** Returns whether a test ended in this part of the output. */
  readonly add = (part: string): boolean => {
    const lines = (this.#rest + part).split("\n");
    this.#rest = lines.pop()!;
    return lines.map((line) => this.#read(line)).includes(true);
  };

  #read(line: string): boolean {
    this.#repeated ||= REPEATED.test(line);
    if (this.#repeated) return false;
    for (const [kind, pattern] of Object.entries(RESULTS)) {
      const match = pattern.exec(line);
      if (match === null) continue;
      this.counts[kind as keyof Counts]++;
      const name = match.slice(1).find((group) => group !== undefined) ?? "";
      this.last = name.replace(DURATION, "");
      if (kind === "failed") {
        this.failures.push({ name: this.last, error: "" });
      }
      return true;
    }
    return false;
  }
}

/**
 * Prints a line with the counts of a suite, now and then:
 * `node24: 812 passed, 0 failed, 1:30`.
 *
 * @returns A function that ends it.
 */
export function showProgress(
  name: string,
  readers: readonly ResultReader[],
): () => void {
  const start = performance.now();
  const timer = setInterval(() => {
    const total = (kind: keyof Counts) =>
      readers.reduce((sum, { counts }) => sum + counts[kind], 0);
    const counts = `${total("passed")} passed, ${total("failed")} failed`;
    console.error(`${name}: ${counts}, ${clock(performance.now() - start)}`);
  }, INTERVAL);
  return () => clearInterval(timer);
}

/** Runs a preparation, and prints a line before it and, with its duration, after it. */
export async function announced<T>(
  title: string,
  body: () => Promise<T>,
): Promise<T> {
  console.error(`${title} ...`);
  const start = performance.now();
  try {
    return await body();
  } finally {
    const seconds = (performance.now() - start) / 1000;
    console.error(`${title} ... ${seconds.toFixed(0)} s`);
  }
}

/** Minutes and seconds: `1:30`. */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, "0")}`;
}
