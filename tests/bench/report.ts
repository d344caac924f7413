import { FOOTPRINT } from "./footprint.ts";
import { type BenchRow, benchTable } from "./bench_table.ts";
import { type Machine, machineName } from "./machine.ts";
import { workloads } from "./workloads.ts";

/** The rows of a complete run as a Markdown page. */
export function report(
  rows: readonly BenchRow[],
  machine: Machine,
): string {
  const measured = [...workloads, FOOTPRINT].filter(({ name }) =>
    rows.some(({ workload }) => workload === name)
  );
  const sections = measured.map(({ name, title }) =>
    [
      `## ${title}`,
      "",
      "```text",
      benchTable(rows.filter(({ workload }) => workload === name)),
      "```",
      "",
    ].join("\n")
  );
  return [
    "# What `deno task bench` measured",
    "",
    "![chart](chart.svg)",
    "",
    "Medians, with the minimum and the maximum. Goals and method:",
    "[tests/bench](../README.md).",
    "",
    "```text",
    machineName(machine),
    "```",
    "",
    ...sections,
  ].join("\n").trimEnd() + "\n";
}
