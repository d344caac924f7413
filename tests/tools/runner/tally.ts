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

const TEST_CASE =
  /<testcase\b((?:\s+[\w:-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/**
 * Counts the test cases of a JUnit report.
 *
 * @param filter A regular expression for their names: what it left out is in
 * the report of some runtimes, as skipped.
 */
export function countTestCases(report: string, filter = ""): Tally {
  const wanted = new RegExp(filter);
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const [, head = "", content = ""] of report.matchAll(TEST_CASE)) {
    if (!wanted.test(nameIn(head))) continue;
    if (/<(failure|error)\b/.test(content)) failed++;
    else if (/<skipped\b/.test(content)) skipped++;
    else passed++;
  }
  return { passed, failed, skipped };
}

function nameIn(attributes: string): string {
  const [, name = ""] = /\sname="([^"]*)"/.exec(attributes) ?? [];
  return name.replace(
    /&(\w+|#\d+);/g,
    (entity, code: string) => ENTITIES[code] ?? entity,
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
};
