/** How many tests passed, failed, and were skipped. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test that failed. */
export interface Failure {
  readonly name: string;
  /** The start of its error, on one line; empty if the report has none. */
  readonly error: string;
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

/** What a JUnit report says. */
export interface Counted {
  readonly tally: Tally;
  readonly failures: readonly Failure[];
}

/**
 * Counts the test cases of a JUnit report.
 *
 * @param filter A regular expression for their names: what it left out is in
 * the report of some runtimes, as skipped.
 */
export function countTestCases(report: string, filter = ""): Counted {
  const wanted = new RegExp(filter);
  const failures: Failure[] = [];
  let passed = 0;
  let skipped = 0;
  for (const [, head = "", content = ""] of report.matchAll(TEST_CASE)) {
    const name = nameIn(head);
    if (!wanted.test(name)) continue;
    const failure = /<(?:failure|error)\b([\s\S]*)/.exec(content);
    if (failure) failures.push({ name, error: errorIn(failure[1]!) });
    else if (/<skipped\b/.test(content)) skipped++;
    else passed++;
  }
  return { tally: { passed, failed: failures.length, skipped }, failures };
}

/** Lists failures under the name of their suite, each on two short lines. */
export function failureList(
  name: string,
  failures: readonly Failure[],
): string {
  const lines = failures.slice(0, MOST_LISTED).map((failure) => {
    const error = failure.error === "" ? "" : `\n    ${failure.error}`;
    return `${name}: ${failure.name}${error}`;
  });
  const more = failures.length - lines.length;
  if (more > 0) lines.push(`${name}: and ${more} more`);
  return lines.join("\n");
}

/** A process that is killed fails all of its tests. */
const MOST_LISTED = 20;

function nameIn(attributes: string): string {
  const [, name = ""] = /\sname="([^"]*)"/.exec(attributes) ?? [];
  return unescape(name);
}

const ERROR_LENGTH = 240;
/** XML has no escape character, so it is missing where a runtime left the rest. */
const COLOR = /\[\d+(?:;\d+)*m/g;

/** Runtimes put the error into the attribute, into the text, or into both. */
function errorIn(element: string): string {
  const [, message = ""] = /^[^>]*?\smessage="([^"]*)"/.exec(element) ?? [];
  const [, text = ""] = /^(?:[^>"]|"[^"]*")*>([^<]*)/.exec(element) ?? [];
  const longer = message.length > text.length ? message : text;
  return unescape(longer).replace(COLOR, "").replace(/\s+/g, " ").trim().slice(
    0,
    ERROR_LENGTH,
  );
}

function unescape(text: string): string {
  return text.replace(
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
  "#10": "\n",
};
