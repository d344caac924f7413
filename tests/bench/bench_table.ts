import type { Summary } from "./statistics.ts";

/** The result of one workload on one target. */
export interface BenchRow {
  readonly workload: string;
  readonly target: string;
  /** The figures by name; empty after a failure. */
  readonly figures: Readonly<Record<string, Summary>>;
  /** Why the workload failed; null when it did not. */
  readonly problem: string | null;
}

/** The rows of one workload as a table, with a line per target. */
export function benchTable(rows: readonly BenchRow[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))];
  const lines = [
    ["", ...names],
    ...rows.map((row) => [
      row.target,
      ...(row.problem === null
        ? names.map((name) => described(row.figures[name]))
        : [`FAILED: ${row.problem}`]),
    ]),
  ];
  const widths = lines[0]!.map((_, column) =>
    Math.max(
      ...lines.filter(({ length }) => length === names.length + 1)
        .map((line) => line[column]!.length),
    )
  );
  return lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")
      .trimEnd()
  ).join("\n");
}

/** For example "412 (398-430)"; the range only for more than one value. */
function described(summary: Summary | undefined): string {
  if (summary === undefined) return "-";
  const { median, min: least, max: most, count } = summary;
  if (count === 1) return short(median);
  return `${short(median)} (${short(least)}-${short(most)})`;
}

/** Three significant digits; integers in full. */
function short(value: number): string {
  if (Number.isInteger(value)) return `${value}`;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
