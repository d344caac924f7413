import type { BenchRow } from "./bench_table.ts";

/** A panel of the chart: one figure of a workload, with a bar per target. */
export interface Panel {
  readonly workload: string;
  readonly figure: string;
  readonly title: string;
}

const PANELS: readonly Panel[] = [
  { workload: "download", figure: "MiB/s", title: "Download, MiB/s" },
  {
    workload: "download",
    figure: "CPU s/GiB",
    title: "Download, CPU seconds per GiB (less is better)",
  },
  { workload: "upload", figure: "MiB/s", title: "Upload, MiB/s" },
  {
    workload: "upload",
    figure: "CPU s/GiB",
    title: "Upload, CPU seconds per GiB (less is better)",
  },
  {
    workload: "calls",
    figure: "p50 ms",
    title: 'run(["true"]), median ms (less is better)',
  },
  {
    workload: "gets",
    figure: "in sequence, ms",
    title: "100 gets in sequence, ms (less is better)",
  },
  {
    workload: "list",
    figure: "peak growth per text",
    title: "List of 50 MiB, peak memory per text (less is better)",
  },
  {
    workload: "idle",
    figure: "RSS KiB each",
    title: "Idle session, memory in KiB (less is better)",
  },
  {
    workload: "slow-reader",
    figure: "growth while slow, MiB",
    title: "Slow reader, memory growth in MiB (less is better)",
  },
];

const ROW = 18;
const LABEL = 175;
const BAR = 250;
const PANEL_WIDTH = LABEL + BAR + 60;
const HEAD = 30;
const LINE = 16;
/** Characters of a line of the caption. */
const LONGEST = 150;
const OWN = "#2f6fde";
const OTHER = "#9aa4b2";

/**
 * The rows as an SVG, with podwire's bars highlighted.
 *
 * @param caption The caption; each part that ends in a semicolon begins a line.
 */
export function chart(rows: readonly BenchRow[], caption: string): string {
  const drawn = PANELS.map((panel) => drawPanel(panel, rows))
    .filter(({ height }) => height > 0);
  let y = 0;
  const parts: string[] = [];
  for (let index = 0; index < drawn.length; index += 2) {
    const pair = drawn.slice(index, index + 2);
    pair.forEach(({ svg }, column) => {
      const x = column * PANEL_WIDTH;
      parts.push(`<g transform="translate(${x} ${y})">\n${svg}\n</g>`);
    });
    y += Math.max(...pair.map(({ height }) => height));
  }
  const width = 2 * PANEL_WIDTH;
  const lines = caption.split("; ").flatMap(wrapped);
  const height = y + HEAD + LINE * (lines.length - 1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    ...lines.map((line, index) =>
      text(8, y + 18 + LINE * index, line, 'fill="#57606a"')
    ),
    "</svg>",
    "",
  ].join("\n");
}

/** Breaks a line after commas. */
function wrapped(line: string): string[] {
  const lines = [""];
  for (const part of line.split(/(?<=, )/)) {
    if (lines.at(-1)!.length + part.length > LONGEST) lines.push("");
    lines[lines.length - 1] += part;
  }
  return lines;
}

function drawPanel(
  { workload, figure, title }: Panel,
  rows: readonly BenchRow[],
): { readonly svg: string; readonly height: number } {
  const bars = rows.filter((row) =>
    row.workload === workload && row.figures[figure] !== undefined
  );
  if (bars.length === 0) return { svg: "", height: 0 };
  const values = bars.map((row) => row.figures[figure]!.median);
  const scale = BAR / Math.max(...values, 1e-9);
  const lines = [text(8, 20, title, 'font-weight="bold"')];
  bars.forEach(({ target }, index) => {
    const y = HEAD + index * ROW;
    const length = Math.max(1, values[index]! * scale).toFixed(1);
    const colour = target.startsWith("podwire") ? OWN : OTHER;
    lines.push(
      text(LABEL - 6, y + 12, target, 'text-anchor="end"'),
      `<rect x="${LABEL}" y="${y + 2}" width="${length}" height="${
        ROW - 5
      }" fill="${colour}"/>`,
      text(LABEL + Number(length) + 4, y + 12, shown(values[index]!)),
    );
  });
  return { svg: lines.join("\n"), height: HEAD + bars.length * ROW + 8 };
}

function text(x: number, y: number, content: string, attributes = ""): string {
  const safe = content.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `<text x="${x.toFixed(0)}" y="${y}" ${attributes}>${safe}</text>`;
}

function shown(value: number): string {
  return value.toFixed(value >= 100 ? 0 : 1);
}
