import { ResultReader } from "../../tools/runner/progress.ts";
import { runTests } from "../../tools/runner/suites.ts";
import { findTestFiles } from "../../tools/runner/test_files.ts";
import type { RuntimeName } from "../../tools/runner/runtimes.ts";
import type { Report } from "./plan.ts";

/** Milliseconds without a result after which the process is killed. */
const LIMIT = 1_800_000;

/** Runs the tests of tests/stress/fuzz/ with more inputs than usual. */
export async function fuzz(
  runtime: RuntimeName,
  inputs: number,
  authority: Readonly<Record<string, string>>,
): Promise<Report> {
  const begun = performance.now();
  const { behaviour } = await findTestFiles(["tests/stress/fuzz/"]);
  const { tally, report } = await runTests({
    name: `soak-fuzz-${runtime}`,
    runtime,
    files: behaviour,
    env: { ...authority, PODWIRE_FUZZ: `${inputs}` },
    results: new ResultReader(),
    silence: LIMIT,
  });
  return {
    backend: "none",
    transport: "none",
    load: "fuzz",
    seconds: (performance.now() - begun) / 1000,
    figure: `${tally.passed} tests, ${inputs} inputs of each property`,
    peak: 0,
    growth: 0,
    problem: tally.failed === 0 ? null : report,
  };
}
