import { type RuntimeName, runtimeNames } from "../tools/runner/runtimes.ts";

/** A contender on a runtime, or one that is a program of another language. */
export interface BenchTarget {
  readonly contender: string;
  /** None where the contender is a program. */
  readonly runtime?: RuntimeName;
  /** The workloads that it is for, unless all. */
  readonly workloads?: readonly string[];
}

const all: readonly BenchTarget[] = [
  ...on(["deno", "bun", "node24", "node22"], "podwire"),
  ...on(["deno", "bun", "node24", "node22"], "bare"),
  ...on(["deno"], "bare native"),
  {
    contender: "bare stream",
    runtime: "deno",
    workloads: ["download", "download-4k"],
  },
  ...on(["node24", "node22"], "client-node"),
  ...on(["node24"], "kubectl"),
  { contender: "client-go" },
  { contender: "kubex" },
  { contender: "kubernetes (Python)" },
];

/**
 * The lanes of these runtimes and contenders; an empty list means all. Of some
 * runtimes there are no programs.
 *
 * @throws {Error} There is no such name, or no lane that has both.
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
  const lanes = all.filter(({ runtime, contender }) =>
    (runtimes.length === 0 || runtimes.includes(runtime ?? "")) &&
    (contenders.length === 0 || contenders.includes(contender))
  );
  if (lanes.length === 0) {
    throw new Error(`There is no ${contenders} on ${runtimes}`);
  }
  return lanes;
}

/** For a table: "podwire, node24". */
export function targetName({ contender, runtime }: BenchTarget): string {
  const alone = runtime === undefined || contender === "kubectl";
  return alone ? contender : `${contender}, ${runtime}`;
}

function on(
  runtimes: readonly RuntimeName[],
  contender: string,
): BenchTarget[] {
  return runtimes.map((runtime) => ({ contender, runtime }));
}
