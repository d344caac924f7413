import { root } from "../harness/preload/specifiers.ts";
import type { BenchRow } from "./bench_table.ts";
import type { Machine } from "./machine.ts";

/** What a run measured, as results.json holds it. */
export interface BenchResults {
  readonly machine: Machine;
  /** The part of the full sizes that was measured. */
  readonly scale?: number;
  readonly rows: readonly BenchRow[];
  /** The workloads that were measured by themselves since. */
  readonly parts?: readonly ResultsPart[];
}

/** Some workloads of another run. */
export interface ResultsPart {
  readonly workloads: readonly string[];
  readonly machine: Machine;
}

/** Where the last whole run is recorded. */
export const recordedFolder: URL = new URL("tests/bench/results/", root);

/** @throws {Error} There is no run in this folder. */
export async function readResults(folder: URL): Promise<BenchResults> {
  return JSON.parse(
    await Deno.readTextFile(new URL("results.json", folder)),
  );
}

/** A run with all rows of some workloads replaced by those of a later run. */
export function withPart(
  { parts = [], ...recorded }: BenchResults,
  { machine, rows }: Pick<BenchResults, "machine" | "rows">,
): BenchResults {
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  const isReplaced = (workload: string) => workloads.includes(workload);
  const others = parts.map((part) => ({
    ...part,
    workloads: part.workloads.filter((workload) => !isReplaced(workload)),
  })).filter((part) => part.workloads.length > 0);
  return {
    ...recorded,
    rows: [
      ...recorded.rows.filter(({ workload }) => !isReplaced(workload)),
      ...rows,
    ],
    parts: [...others, { workloads, machine }],
  };
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
