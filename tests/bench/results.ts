import { root } from "../harness/preload/specifiers.ts";
import type { BenchRow } from "./bench_table.ts";
import type { Machine } from "./machine.ts";

/** What a run measured, as results.json holds it. */
export interface BenchResults {
  readonly machine: Machine;
  /** The part of the full sizes that was measured. */
  readonly scale?: number;
  readonly rows: readonly BenchRow[];
}

/** Where the last whole run is recorded. */
export const recordedFolder: URL = new URL("tests/bench/results/", root);

/** @throws {Error} There is no run in this folder. */
export async function readResults(folder: URL): Promise<BenchResults> {
  return JSON.parse(
    await Deno.readTextFile(new URL("results.json", folder)),
  );
}

/** The median of a figure; undefined if the run does not have it. */
export function median(
  { rows }: Pick<BenchResults, "rows">,
  workload: string,
  target: string,
  figure: string,
): number | undefined {
  return rowOf(rows, workload, target)?.figures[figure]?.median;
}

/** The row of a target. */
export function rowOf(
  rows: readonly BenchRow[],
  workload: string,
  target: string,
): BenchRow | undefined {
  return rows.find((row) => row.workload === workload && row.target === target);
}
