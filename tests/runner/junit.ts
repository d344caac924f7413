import type { Tally } from "./tally.ts";

const TEST_CASE =
  /<testcase\b(?:\s+[\w:-]+="[^"]*")*\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/** Counts the test cases of a JUnit report. */
export function countTestCases(report: string): Tally {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const [, content = ""] of report.matchAll(TEST_CASE)) {
    if (/<(failure|error)\b/.test(content)) failed++;
    else if (/<skipped\b/.test(content)) skipped++;
    else passed++;
  }
  return { passed, failed, skipped };
}
