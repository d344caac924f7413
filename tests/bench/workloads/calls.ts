import type { Contender } from "../contender.ts";
import type { Numbers } from "../plan.ts";
import { quantile } from "../statistics.ts";
import type { Workload } from "../workload.ts";

/** Times in milliseconds: a client that needs longer makes fewer calls. */
interface Calls extends Numbers {
  readonly count: number;
  readonly warmUps: number;
  readonly warming: number;
}

const WARM = { warmUps: 20, warming: 2_000 } as const;

/** Short commands, one after the other. */
export const oneByOne: Workload<Calls & { readonly patience: number }> = {
  name: "calls",
  title: 'run(["true"]), 500 in sequence, each on a connection of its own',
  rounds: 3,
  numbers: (scale) => ({
    ...WARM,
    count: Math.ceil(500 * scale),
    patience: 10_000,
  }),
  async measure(contender, { count, patience, warmUps, warming }) {
    await inSequence(contender, warmUps, warming);
    const times = await inSequence(contender, count, patience);
    times.sort((a, b) => a - b);
    return {
      figures: {
        "p50 ms": quantile(times, 0.5),
        "p99 ms": quantile(times, 0.99),
        "calls": times.length,
        ...repeatedBy(contender),
      },
    };
  },
};

/** Short commands at the same time. */
export const atOnce: Workload<Calls> = {
  name: "parallel",
  title: 'run(["true"]), 200 at once',
  rounds: 3,
  numbers: (scale) => ({ ...WARM, count: Math.ceil(200 * scale) }),
  async measure(contender, { count, warmUps, warming }) {
    await inSequence(contender, warmUps, warming);
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: count }, () => contender.run(["true"])),
    );
    return {
      figures: {
        "all ms": performance.now() - begun,
        ...repeatedBy(contender),
      },
    };
  },
};

/** Makes so many calls, or as many as begin in time; gives what each took. */
async function inSequence(
  contender: Contender,
  count: number,
  patience: number,
): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + patience;
  for (let begun = performance.now(); times.length < count && begun <= end;) {
    await contender.run(["true"]);
    const now = performance.now();
    times.push(now - begun);
    begun = now;
  }
  return times;
}

/** A column only where a client has such calls. */
function repeatedBy(contender: Contender): Record<string, number> {
  return contender.repeated ? { "made again": contender.repeated() } : {};
}
