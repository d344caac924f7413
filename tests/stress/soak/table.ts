import type { Report } from "./plan.ts";

/** A report and its runtime. */
export interface SoakRow extends Report {
  readonly runtime: string;
}

/** One report as a line. */
export function describe(report: Report): string {
  return cells(report).join("  ").trimEnd();
}

/** All reports as one table. */
export function table(rows: readonly SoakRow[]): string {
  const head = [
    "runtime",
    "backend",
    "transport",
    "load",
    "time",
    "memory peak",
    "memory left",
    "figures",
  ];
  const lines = [head, ...rows.map((row) => [row.runtime, ...cells(row)])];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length))
  );
  return lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")
      .trimEnd()
  ).join("\n");
}

function cells(report: Report): string[] {
  const { backend, transport, load, seconds, peak, growth, figure, problem } =
    report;
  return [
    backend,
    transport,
    load,
    `${seconds.toFixed(1)} s`,
    mebibytes(peak),
    mebibytes(growth),
    problem === null ? figure : `FAILED: ${problem}`,
  ];
}

function mebibytes(count: number): string {
  return `${count < 0 ? "" : "+"}${count.toFixed(0)} MiB`;
}
