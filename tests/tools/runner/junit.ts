import type { Tally } from "./tally.ts";

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
