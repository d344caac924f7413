import type { Contender } from "../contender.ts";
import type { Numbers } from "../plan.ts";
import { quantile } from "../statistics.ts";
import type { Workload } from "../workload.ts";

/** Times in milliseconds. A slow client makes fewer calls. */
interface Calls extends Numbers {
  readonly count: number;
  readonly warmUps: number;
  readonly warming: number;
}

const WARM = { warmUps: 20, warming: 2_000 } as const;

/** Short commands in sequence. */
export const sequential: Workload<Calls & { readonly maxDuration: number }> = {
  name: "calls",
  title: 'run(["true"]), 500 in sequence, each on a connection of its own',
  rounds: 3,
  numbers: (scale) => ({
    ...WARM,
    count: Math.ceil(500 * scale),
    maxDuration: 5_000,
  }),
  async measure(contender, { count, maxDuration, warmUps, warming }) {
    await inSequence(contender, warmUps, warming);
    const times = await inSequence(contender, count, maxDuration);
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

/** Concurrent short commands. */
export const concurrent: Workload<Calls> = {
  name: "parallel",
  title: 'run(["true"]), 200 at once',
  // It is over in a moment, and so varies more than the others.
  rounds: 5,
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

/** Makes up to `count` calls within `maxDuration`; returns their durations. */
async function inSequence(
  contender: Contender,
  count: number,
  maxDuration: number,
): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + maxDuration;
  for (let begun = performance.now(); times.length < count && begun <= end;) {
    await contender.run(["true"]);
    const now = performance.now();
    times.push(now - begun);
    begun = now;
  }
  return times;
}

/** A column only for clients that repeat calls. */
function repeatedBy(contender: Contender): Record<string, number> {
  return contender.repeated ? { "repeated": contender.repeated() } : {};
}
