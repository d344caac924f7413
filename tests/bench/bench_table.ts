import type { Summary } from "./statistics.ts";

/** What came of one workload on one lane. */
export interface BenchRow {
  readonly workload: string;
  readonly target: string;
  /** Figures by their names; of a failure there are none. */
  readonly figures: Readonly<Record<string, Summary>>;
  /** Why it failed; null when it did not. */
  readonly problem: string | null;
}

/** The rows of one workload as a table: a line for each lane. */
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

/** "412 (398-430)"; the spread only where there is one. */
function described(summary: Summary | undefined): string {
  if (summary === undefined) return "-";
  const { median, min: least, max: most, count } = summary;
  if (count === 1) return short(median);
  return `${short(median)} (${short(least)}-${short(most)})`;
}

/** Three digits that count, more if they are whole; of a count all. */
function short(value: number): string {
  if (Number.isInteger(value)) return `${value}`;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
