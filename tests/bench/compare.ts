import { machineName } from "./machine.ts";
import { type BenchResults, rowOf } from "./results.ts";
import type { Summary } from "./statistics.ts";

/** What counts as a move: more than a tenth. */
const THRESHOLD = 0.1;

/** With fewer rounds, a spread says nothing. */
const ENOUGH = 3;

/** How a figure is compared. */
interface Kind {
  /** The direction of the better. */
  readonly better: "more" | "less";
  /** Whether it depends on the machine, and so on what bare sockets reach. */
  readonly ofMachine: boolean;
}

const FAST: Kind = { better: "more", ofMachine: true };
const SLOW: Kind = { better: "less", ofMachine: true };
const SIZE: Kind = { better: "less", ofMachine: false };

/** The figures that are compared, by name; others describe the run. */
const KINDS: Readonly<Record<string, Kind>> = {
  "MiB/s": FAST,
  "CPU s/GiB": SLOW,
  "CPU s": SLOW,
  "seconds": SLOW,
  "p50 ms": SLOW,
  "kept, p50 ms": SLOW,
  "all ms": SLOW,
  "in sequence, ms": SLOW,
  "at once, ms": SLOW,
  "ms": SLOW,
  "chunks/MiB": SIZE,
  "smallest chunk": { better: "more", ofMachine: false },
  "connections": SIZE,
  "received MiB": SIZE,
  "peak growth per text": SIZE,
  "RSS KiB each": SIZE,
  "RSS KiB each further": SIZE,
  "heap KiB each": SIZE,
  "growth while slow, MiB": SIZE,
  "growth in all, MiB": SIZE,
  "growth, MiB": SIZE,
  "installed MiB": SIZE,
  "of that at start KiB": SIZE,
};

/** A figure that is more than a tenth away from the recorded one. */
export interface Move {
  readonly workload: string;
  readonly target: string;
  readonly figure: string;
  /** The target whose figure both are divided by; null if there is none. */
  readonly against: string | null;
  readonly was: number;
  readonly is: number;
  readonly direction: "better" | "worse";
  /** Whether the runs' ranges are apart; if not, it may be noise. */
  readonly apart: boolean;
  /** Whether the machine's speed counts: there is no bare socket to divide by. */
  readonly absolute: boolean;
}

/**
 * What moved by more than a tenth from the recorded run to another one. What
 * depends on the machine is compared as a ratio to the bare socket of the same
 * run, if both runs have one: a busy machine slows both.
 */
export function movesBetween(
  recorded: BenchResults,
  latest: BenchResults,
): Move[] {
  return latest.rows.flatMap(({ workload, target, figures }) => {
    const before = rowOf(recorded.rows, workload, target);
    return Object.keys(figures).flatMap((figure) => {
      const kind = kindOf(figure);
      const was = before?.figures[figure];
      const is = figures[figure]!;
      if (!kind || !was) return [];
      const bare = kind.ofMachine
        ? bareFor(target).find((name) =>
          [recorded, latest].every(({ rows }) =>
            rowOf(rows, workload, name)?.figures[figure]
          )
        )
        : undefined;
      const place = { workload, target, figure, against: bare ?? null };
      const divided = (results: BenchResults, summary: Summary): Summary =>
        bare === undefined ? summary : over(
          summary,
          rowOf(results.rows, workload, bare)!.figures[figure]!.median,
        );
      return moveOf(place, kind, divided(recorded, was), divided(latest, is));
    });
  });
}

function kindOf(figure: string): Kind | undefined {
  // "import ms, deno", and so on.
  return figure.startsWith("import ms") ? SLOW : KINDS[figure];
}

/** The bare sockets on a target's runtime, the nearest first. */
function bareFor(target: string): string[] {
  const [contender, runtime] = target.split(", ");
  if (runtime === undefined || contender!.startsWith("bare")) return [];
  return [`bare native, ${runtime}`, `bare, ${runtime}`];
}

function over({ median, min, max, count }: Summary, divisor: number): Summary {
  return {
    median: median / divisor,
    min: min / divisor,
    max: max / divisor,
    count,
  };
}

function moveOf(
  place: Pick<Move, "workload" | "target" | "figure" | "against">,
  { better, ofMachine }: Kind,
  was: Summary,
  is: Summary,
): Move[] {
  // A tenth of nothing is nothing.
  const change = was.median === 0
    ? (is.median === 0 ? 0 : Infinity)
    : is.median / was.median - 1;
  if (Math.abs(change) <= THRESHOLD) return [];
  return [{
    ...place,
    was: was.median,
    is: is.median,
    direction: (change > 0) === (better === "more") ? "better" : "worse",
    apart: Math.min(was.count, is.count) >= ENOUGH &&
      (is.min > was.max || is.max < was.min),
    absolute: ofMachine && place.against === null,
  }];
}

/** The comparison of two runs, for people. */
export function comparison(
  recorded: BenchResults,
  latest: BenchResults,
): string {
  const moves = movesBetween(recorded, latest);
  const section = (title: string, of: readonly Move[]): string[] =>
    of.length === 0 ? [] : ["", title, ...of.map(described)];
  const relative = moves.filter(({ absolute }) => !absolute);
  const apart = relative.filter((move) => move.apart);
  const better = apart.filter(({ direction }) => direction === "better");
  const added = onlyIn(latest, recorded);
  return [
    `recorded  ${machineName(recorded.machine)}`,
    `this run  ${machineName(latest.machine)}`,
    ...versionChanges(recorded, latest),
    ...(latest.scale === undefined || latest.scale === 1
      ? []
      : [`sizes: ${latest.scale} of the recorded`]),
    ...(added.length === 0 ? [] : [`not recorded: ${added.join("; ")}`]),
    ...section("Worse by more than a tenth:", apart.filter(isWorse)),
    ...section("Better by more than a tenth:", better),
    ...section(
      "By more than a tenth, but inside the spread of the rounds, or of fewer than 3:",
      relative.filter((move) => !move.apart),
    ),
    ...section(
      "By more than a tenth, without a bare socket to compare with, so the machine counts:",
      moves.filter(({ absolute }) => absolute),
    ),
    ...(moves.length === 0 ? ["", "Nothing moved by more than a tenth."] : []),
  ].join("\n");
}

/** Whether a figure certainly became worse, on whatever machine. */
export function isWorse({ direction, apart, absolute }: Move): boolean {
  return direction === "worse" && apart && !absolute;
}

function described(
  { workload, target, figure, against, was, is, direction }: Move,
): string {
  const percent = was === 0 ? "" : ` (${signed((is / was - 1) * 100)} %)`;
  const of = against === null ? "" : ` of ${against}`;
  return `  ${workload}: ${target}: ${figure} ${rounded(was)} -> ${
    rounded(is)
  }${of}${percent}, ${direction}`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(0)}`;
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

/** The runtimes and clients whose versions differ. */
function versionChanges(was: BenchResults, is: BenchResults): string[] {
  const before = { ...was.machine.runtimes, ...was.machine.peers };
  const after = { ...is.machine.runtimes, ...is.machine.peers };
  const changed = Object.keys(after)
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name} ${before[name] ?? "(none)"} -> ${after[name]}`);
  return changed.length === 0 ? [] : [`versions: ${changed.join("; ")}`];
}

/** The targets that have rows in one run alone, with their workloads. */
function onlyIn(one: BenchResults, other: BenchResults): string[] {
  const workloads = new Map<string, string[]>();
  for (const { workload, target } of one.rows) {
    if (rowOf(other.rows, workload, target)) continue;
    workloads.set(target, [...workloads.get(target) ?? [], workload]);
  }
  return [...workloads].map(([target, names]) =>
    `${target} (${names.join(", ")})`
  );
}
