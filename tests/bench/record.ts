import { chart } from "./chart.ts";
import { goalsTable, withGoals } from "./goals.ts";
import { machineName } from "./machine.ts";
import { report } from "./report.ts";
import type { BenchResults } from "./results.ts";

/** Writes the results as JSON, as a chart and as a page. */
export async function record(
  results: BenchResults,
  folder: URL,
): Promise<void> {
  const { machine, rows } = results;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    new URL("results.json", folder),
    JSON.stringify(results, null, 2) + "\n",
  );
  await Deno.writeTextFile(
    new URL("chart.svg", folder),
    chart(rows, machineName(machine)),
  );
  await Deno.writeTextFile(
    new URL("README.md", folder),
    report(results),
  );
}

/** Writes the table of goals into the page of the benchmarks. */
export async function recordGoals(
  results: BenchResults,
  page: URL,
): Promise<void> {
  const text = await Deno.readTextFile(page);
  await Deno.writeTextFile(page, withGoals(text, goalsTable(results)));
}
