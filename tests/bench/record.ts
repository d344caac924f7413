import type { BenchRow } from "./bench_table.ts";
import { chart } from "./chart.ts";
import { type Machine, machineName } from "./machine.ts";
import { report } from "./report.ts";

/** Writes the results as JSON, as a chart and as a page. */
export async function record(
  rows: readonly BenchRow[],
  machine: Machine,
  folder: URL,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    new URL("results.json", folder),
    JSON.stringify({ machine, rows }, null, 2) + "\n",
  );
  await Deno.writeTextFile(
    new URL("chart.svg", folder),
    chart(rows, machineName(machine)),
  );
  await Deno.writeTextFile(
    new URL("README.md", folder),
    report(rows, machine),
  );
}
