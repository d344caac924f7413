/** How many tests passed, failed, and were skipped. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One row of the closing table. */
export interface Row extends Tally {
  readonly name: string;
  readonly seconds: number;
}

/** The sums of all `tallies`. */
export function sum(tallies: readonly Tally[]): Tally {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** The closing line. */
export function summary({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

/** The closing table. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, passed, failed, skipped, seconds }) =>
    name.padEnd(width + 2) +
    [passed, failed, skipped].map((count) => `${count}`.padStart(8)).join("") +
    `${seconds.toFixed(1)} s`.padStart(10)
  );
  const head = "".padEnd(width + 2) + "  passed  failed skipped      time";
  return [head, ...lines].join("\n");
}
