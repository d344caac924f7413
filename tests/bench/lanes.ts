import { type RuntimeName, runtimeNames } from "../runner/tools.ts";

/** A contender on a runtime. */
export interface Lane {
  readonly contender: string;
  readonly runtime: RuntimeName;
}

const all: readonly Lane[] = [
  ...on(["deno", "bun", "node24", "node22"], "podwire"),
  ...on(["deno", "bun", "node24", "node22"], "bare"),
  ...on(["deno"], "bare native"),
  ...on(["node24", "node22"], "client-node"),
  ...on(["node24"], "kubectl"),
];

/** The lanes of these runtimes and contenders; an empty list means all. */
export function lanesOf(
  runtimes: readonly string[],
  contenders: readonly string[],
): Lane[] {
  const unknown = [
    ...runtimes.filter((name) => !runtimeNames.includes(name as RuntimeName)),
    ...contenders.filter((name) =>
      !all.some(({ contender }) => contender === name)
    ),
  ];
  if (unknown.length > 0) throw new Error(`There is no "${unknown[0]}"`);
  return all.filter(({ runtime, contender }) =>
    (runtimes.length === 0 || runtimes.includes(runtime)) &&
    (contenders.length === 0 || contenders.includes(contender))
  );
}

/** For a table: "podwire, node24". */
export function laneName({ contender, runtime }: Lane): string {
  return contender === "kubectl" ? contender : `${contender}, ${runtime}`;
}

function on(runtimes: readonly RuntimeName[], contender: string): Lane[] {
  return runtimes.map((runtime) => ({ contender, runtime }));
}
