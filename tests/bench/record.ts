import type { BenchRow } from "./bench_table.ts";
import { chart } from "./chart.ts";
import { type Machine, machineName } from "./machine.ts";

/** Writes what was measured, as JSON and as a chart, into a folder. */
export async function record(
  rows: readonly BenchRow[],
  machine: Machine,
  folder: URL,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const report = { machine, rows };
  await Deno.writeTextFile(
    new URL("results.json", folder),
    JSON.stringify(report, null, 2) + "\n",
  );
  await Deno.writeTextFile(
    new URL("chart.svg", folder),
    chart(rows, machineName(machine)),
  );
}
