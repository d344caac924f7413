import { type ResultReader, showProgress } from "./progress.ts";
import { combined, type Outcome } from "./suites.ts";
import { type Row, summary } from "./tally.ts";

/** A suite, in parts that can run at the same time. */
export interface Suite {
  readonly name: string;
  readonly parts: readonly (() => Promise<Outcome>)[];
  /** The results of the parts so far. */
  readonly results: readonly ResultReader[];
}

/** Lets a number of tasks run at the same time, in the order of their requests. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/**
 * Runs a suite, and prints its counts while it runs and at its end.
 *
 * @param add Receives the row of the closing table, and what failed.
 */
export async function runSuite(
  { name, parts, results }: Suite,
  slots: Slots,
  add: (row: Row, outcome: Outcome) => void,
): Promise<void> {
  let start: number | undefined;
  let hideProgress = () => {};
  const run = (part: () => Promise<Outcome>) =>
    slots.run(() => {
      if (start === undefined) {
        start = performance.now();
        hideProgress = showProgress(name, results);
      }
      return part();
    });
  const outcome = combined(await Promise.all(parts.map(run)));
  const { tally, report } = outcome;
  hideProgress();
  const seconds = (performance.now() - start!) / 1000;
  console.log(`${name}: ${summary(tally)} (${seconds.toFixed(1)} s)`);
  if (report !== "") console.log(report);
  add({ name, seconds, ...tally }, outcome);
}

/**
 * Splits files into parts for as many processes. Neighbours, which are often
 * alike in what they cost, come into different parts.
 *
 * @param most How many parts at most.
 */
export function split(files: readonly string[], most: number): string[][] {
  const wanted = Math.ceil(files.length / LEAST_FILES);
  const count = Math.max(1, Math.min(most, wanted));
  return Array.from(
    { length: count },
    (_, part) => files.filter((_, index) => index % count === part),
  );
}

/** A process takes a second or two to load the sources. */
const LEAST_FILES = 20;
