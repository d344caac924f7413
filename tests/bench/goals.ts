import type { RuntimeName } from "../tools/runner/runtimes.ts";
import { type BenchResults, median } from "./results.ts";
import { benchRuntimes, nodes } from "./targets.ts";

/** The results as a goal reads them, on one runtime. */
interface Reading {
  readonly runtime: RuntimeName;
  /** A median of a contender on this runtime. */
  of(workload: string, contender: string, figure: string): number;
  /** A median of a target that has no runtime. */
  alone(workload: string, target: string, figure: string): number;
}

/** A goal: a figure on each runtime, and its limit. */
interface Goal {
  readonly text: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Another limit on Deno. */
  readonly onDeno?: number;
  /** Digits after the point. */
  readonly digits: number;
  /** The runtimes that it is for. Defaults to all. */
  readonly runtimes?: readonly RuntimeName[];
  /** NaN if the run lacks what it needs. */
  figure(reading: Reading): number;
}

/** Deno's own sockets are the bare sockets of Deno. */
const nearest = ({ runtime }: Reading): string =>
  runtime === "deno" ? "bare native" : "bare";

/** A figure of podwire as a ratio to that of another contender. */
function against(
  other: string | ((reading: Reading) => string),
  workload: string,
  figure: string,
  contender = "podwire",
): (reading: Reading) => number {
  return (reading) => {
    const name = typeof other === "string" ? other : other(reading);
    return reading.of(workload, contender, figure) /
      reading.of(workload, name, figure);
  };
}

/** What an idle session takes beyond its socket, in KiB. */
function beyondSocket(figure: string): (reading: Reading) => number {
  return (reading) =>
    reading.of("idle", "podwire", figure) -
    reading.of("idle", nearest(reading), figure);
}

const alone = (workload: string, figure: string) => ({ of }: Reading): number =>
  of(workload, "podwire", figure);

/** A figure of `portForward.listen` as a ratio to kubectl's port-forward. */
function againstKubectl(
  workload: string,
  figure: string,
): (reading: Reading) => number {
  return ({ of, alone }) =>
    of(workload, "podwire listen", figure) / alone(workload, "kubectl", figure);
}

/** `copyFrom` and `copyTo` beside `kubectl cp`. */
function copyGoals(workload: string, what: string): Goal[] {
  const ratio = (figure: string) => ({ of, alone }: Reading): number =>
    of(workload, "podwire copy", figure) / alone(workload, "kubectl", figure);
  return [
    {
      text: `${what}: the time of kubectl`,
      atMost: 1,
      digits: 2,
      figure: ratio("seconds"),
    },
    {
      text: "... at 0.50 of its CPU",
      atMost: 0.5,
      digits: 2,
      figure: ratio("CPU s"),
    },
    {
      text: "... growth of memory: 64 MiB",
      atMost: 64,
      digits: 0,
      figure: ({ of }) => of(workload, "podwire copy", "growth, MiB"),
    },
  ];
}

const goals: readonly Goal[] = [
  {
    text: "download: 0.90 of bare (Deno: 0.85 of bare native)",
    atLeast: 0.9,
    onDeno: 0.85,
    digits: 2,
    figure: against(nearest, "download", "MiB/s"),
  },
  {
    text: "download: 1.5 times client-node",
    atLeast: 1.5,
    digits: 2,
    runtimes: nodes,
    figure: against("client-node", "download", "MiB/s"),
  },
  {
    text: "... at 0.60 of its CPU",
    atMost: 0.6,
    digits: 2,
    runtimes: nodes,
    figure: against("client-node", "download", "CPU s/GiB"),
  },
  {
    text: "smallest chunk of it but the last: 4 KiB",
    atLeast: 4,
    digits: 1,
    figure: (reading) => alone("download", "smallest chunk")(reading) / 1024,
  },
  {
    text: "chunks per MiB of it: 40",
    atMost: 40,
    digits: 0,
    figure: alone("download", "chunks/MiB"),
  },
  {
    text: "BYOB download: 0.95 of bare (Deno: bare native)",
    atLeast: 0.95,
    digits: 2,
    figure: against(nearest, "download", "MiB/s", "podwire BYOB"),
  },
  {
    text: "upload: 0.90 of bare",
    atLeast: 0.9,
    digits: 2,
    figure: against("bare", "upload", "MiB/s"),
  },
  {
    text: "upload: 3 times client-node",
    atLeast: 3,
    digits: 1,
    runtimes: nodes,
    figure: against("client-node", "upload", "MiB/s"),
  },
  {
    text: "`true`, 500 in sequence: 1.0 of bare",
    atMost: 1,
    digits: 2,
    figure: against("bare", "calls", "p50 ms"),
  },
  {
    text: "`true`, 200 at once: 1.0 of bare",
    atMost: 1,
    digits: 2,
    figure: against("bare", "parallel", "all ms"),
  },
  {
    text: "idle session beyond the socket: 12 KiB",
    atMost: 12,
    digits: 0,
    figure: beyondSocket("RSS KiB each"),
  },
  {
    text: "... each further one: 12 KiB",
    atMost: 12,
    digits: 0,
    figure: beyondSocket("RSS KiB each further"),
  },
  {
    text: "... its objects on the heap: 12 KiB",
    atMost: 12,
    digits: 1,
    figure: beyondSocket("heap KiB each"),
  },
  {
    text: "slow reader: 32 MiB",
    atMost: 32,
    digits: 0,
    figure: alone("slow-reader", "growth while slow, MiB"),
  },
  {
    text: "100 gets in sequence: 1.2 of client-node's kept connections",
    atMost: 1.2,
    digits: 2,
    runtimes: nodes,
    figure: against("client-node keep-alive", "gets", "in sequence, ms"),
  },
  {
    text: "... 3 times as fast as without keep-alive",
    atLeast: 3,
    digits: 1,
    figure: (reading) =>
      1 / against("podwire no keep-alive", "gets", "in sequence, ms")(reading),
  },
  {
    text: "100 gets at once: 1.2 of client-node's kept connections",
    atMost: 1.2,
    digits: 2,
    runtimes: nodes,
    figure: against("client-node keep-alive", "gets", "at once, ms"),
  },
  {
    text: "... 3 times as fast as without keep-alive",
    atLeast: 3,
    digits: 1,
    figure: (reading) =>
      1 / against("podwire no keep-alive", "gets", "at once, ms")(reading),
  },
  {
    text: "a list of 50 MiB: peak memory 3 times its text",
    atMost: 3,
    digits: 1,
    figure: alone("list", "peak growth per text"),
  },
  {
    text: "... over 100 Mbit/s: half the time with gzip",
    atMost: 0.5,
    digits: 2,
    figure: (reading) =>
      alone("list-link", "ms")(reading) /
      alone("list-link-plain", "ms")(reading),
  },
  {
    text: "forwarded download: 1.5 times kubectl",
    atLeast: 1.5,
    digits: 2,
    figure: againstKubectl("forward download", "MiB/s"),
  },
  {
    text: "... at 0.50 of its CPU",
    atMost: 0.5,
    digits: 2,
    figure: againstKubectl("forward download", "CPU s/GiB"),
  },
  {
    text: "forwarded upload: 1.5 times kubectl",
    atLeast: 1.5,
    digits: 2,
    figure: againstKubectl("forward upload", "MiB/s"),
  },
  {
    text: "... at 0.50 of its CPU",
    atMost: 0.5,
    digits: 2,
    figure: againstKubectl("forward upload", "CPU s/GiB"),
  },
  {
    text: "slow reader of a forwarded port: 32 MiB",
    atMost: 32,
    digits: 0,
    figure: ({ of }) =>
      of("forward slow", "podwire listen", "growth while slow, MiB"),
  },
  ...copyGoals("copy from", "a file of 1 GiB from a container"),
  ...copyGoals("copy to", "a file of 1 GiB to a container"),
  ...copyGoals("copy tree from", "20,000 files from a container"),
  ...copyGoals("copy tree to", "20,000 files to a container"),
  {
    text: "import: 10 ms",
    atMost: 10,
    digits: 1,
    figure: ({ runtime, alone }) =>
      alone("footprint", "podwire", `import ms, ${runtime}`),
  },
  {
    text: "a page's bundle at its start: 35 KiB",
    atMost: 35,
    digits: 1,
    runtimes: ["deno"],
    figure: ({ alone }) =>
      alone("footprint", "podwire", "of that at start KiB"),
  },
];

/** What a run reached of a goal on a runtime. */
export interface Score {
  readonly goal: string;
  /** Which row of the table. */
  readonly row: number;
  readonly runtime: RuntimeName;
  readonly figure: number;
  /** The figure as it is shown, which is also what the limit is compared with. */
  readonly shown: string;
  readonly reached: boolean;
}

/** The goals that a run has the figures for, on each runtime. */
export function scoresOf(results: Pick<BenchResults, "rows">): Score[] {
  return goals.flatMap((goal, row) =>
    (goal.runtimes ?? benchRuntimes).flatMap((runtime) => {
      const read = (workload: string, target: string, figure: string): number =>
        median(results, workload, target, figure) ?? NaN;
      const figure = goal.figure({
        runtime,
        of: (workload, contender, name) =>
          read(workload, `${contender}, ${runtime}`, name),
        alone: read,
      });
      if (Number.isNaN(figure)) return [];
      const shown = figure.toFixed(goal.digits);
      return [{
        goal: goal.text,
        row,
        runtime,
        figure,
        shown,
        reached: reaches(goal, runtime, Number(shown)),
      }];
    })
  );
}

function reaches(
  { atLeast, atMost, onDeno }: Goal,
  runtime: RuntimeName,
  figure: number,
): boolean {
  const other = runtime === "deno" ? onDeno : undefined;
  if (atLeast !== undefined) return figure >= (other ?? atLeast);
  return figure <= (other ?? atMost!);
}

/** The title of a runtime's column. */
function titleOf(runtime: RuntimeName): string {
  return `${runtime[0]!.toUpperCase()}${runtime.slice(1)}`
    .replace(/(\d+)$/, " $1");
}

/** The goals as a Markdown table, with a mark at each figure. */
export function goalsTable(results: Pick<BenchResults, "rows">): string {
  const scores = scoresOf(results);
  const lines = [
    ["goal", ...benchRuntimes.map(titleOf)],
    ...goals.map(({ text }, row) => [
      text,
      ...benchRuntimes.map((runtime) => {
        const score = scores.find((score) =>
          score.row === row && score.runtime === runtime
        );
        return score ? `${score.shown} ${score.reached ? "✓" : "✗"}` : "";
      }),
    ]),
  ];
  const widths = lines[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length))
  );
  const rendered = lines.map((line) =>
    `| ${
      line.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")
    } |`
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [rendered[0], rule, ...rendered.slice(1)].join("\n");
}

const START = "<!-- goals: written by `deno task bench` -->";
const END = "<!-- end of the goals -->";

/**
 * A page with its table of goals replaced.
 *
 * @throws {Error} The page has no place for it.
 */
export function withGoals(page: string, table: string): string {
  const start = page.indexOf(START);
  const end = page.indexOf(END, start);
  if (start < 0 || end < 0) throw new Error("There is no place for the goals");
  return `${page.slice(0, start + START.length)}\n\n${table}\n\n${
    page.slice(end)
  }`;
}
