import { benchTable } from "./bench_table.ts";
import { FOOTPRINT } from "./footprint.ts";
import { machineName } from "./machine.ts";
import type { BenchResults } from "./results.ts";
import { workloads } from "./workloads.ts";

/** The recorded results as a Markdown page. */
export function report({ rows, machine, parts = [] }: BenchResults): string {
  const measured = [...workloads, FOOTPRINT].filter(({ name }) =>
    rows.some(({ workload }) => workload === name)
  );
  const sections = measured.map(({ name, title }) => {
    const own = parts.find(({ workloads }) => workloads.includes(name));
    return [
      `## ${title}`,
      "",
      "```text",
      ...(own ? [`${machineName(own.machine)}\n`] : []),
      benchTable(rows.filter(({ workload }) => workload === name)),
      "```",
      "",
    ].join("\n");
  });
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
