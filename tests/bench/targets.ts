import { type RuntimeName, runtimeNames } from "../tools/runner/runtimes.ts";

/** A contender on a runtime, or a program in another language. */
export interface BenchTarget {
  readonly contender: string;
  /** Undefined for a program. */
  readonly runtime?: RuntimeName;
  /** The workloads to run. Defaults to all. */
  readonly workloads?: readonly string[];
}

/** The runtimes that are measured, in the order of the report. */
export const benchRuntimes = [
  "deno",
  "bun",
  "node26",
  "node24",
  "node22",
] as const satisfies readonly RuntimeName[];

/** Those that forward and copy: one of each engine. */
const engines = ["deno", "bun", "node24"] as const;

const forwards = [
  "forward download",
  "forward upload",
  "forward latency",
  "forward slow",
] as const;

const copies = ["copy from", "copy to", "copy tree from", "copy tree to"];

/** Those that client-node is for. */
export const nodes = benchRuntimes.filter((name) => name.startsWith("node"));

const all: readonly BenchTarget[] = [
  ...on(benchRuntimes, "podwire"),
  ...on(benchRuntimes, "podwire BYOB", ["download"]),
  ...on(benchRuntimes, "podwire no keep-alive", ["gets"]),
  ...on(engines, "podwire listen", forwards),
  ...on(engines, "podwire connect", forwards),
  ...on(engines, "podwire copy", copies),
  ...on(benchRuntimes, "bare"),
  ...on(["deno"], "bare native"),
  ...on(["deno"], "bare stream", ["download", "download-4k"]),
  ...on(nodes, "client-node"),
  ...on(nodes, "client-node keep-alive", ["gets"]),
  ...on(["node24"], "client-node Cp", copies),
  ...on(["node24"], "kubectl"),
  { contender: "client-go" },
  { contender: "kubex" },
  { contender: "kubernetes (Python)" },
];

/**
 * The targets of these runtimes and contenders; an empty list means all. Programs
 * have no runtime, so a list of runtimes excludes them.
 *
 * @throws {Error} A name is unknown, or no target has both.
 */
export function targetsOf(
  runtimes: readonly string[],
  contenders: readonly string[],
): BenchTarget[] {
  const unknown = [
    ...runtimes.filter((name) => !runtimeNames.includes(name as RuntimeName)),
    ...contenders.filter((name) =>
      !all.some(({ contender }) => contender === name)
    ),
  ];
  if (unknown.length > 0) throw new Error(`There is no "${unknown[0]}"`);
  const targets = all.filter(({ runtime, contender }) =>
    (runtimes.length === 0 || runtimes.includes(runtime ?? "")) &&
    (contenders.length === 0 || contenders.includes(contender))
  );
  if (targets.length === 0) {
    throw new Error(`There is no ${contenders} on ${runtimes}`);
  }
  return targets;
}

/** For example "podwire, node24". */
export function targetName({ contender, runtime }: BenchTarget): string {
  const alone = runtime === undefined || contender === "kubectl";
  return alone ? contender : `${contender}, ${runtime}`;
}

function on(
  runtimes: readonly RuntimeName[],
  contender: string,
  workloads?: readonly string[],
): BenchTarget[] {
  return runtimes.map((runtime) => ({ contender, runtime, workloads }));
}
