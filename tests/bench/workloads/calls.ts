import type { Contender } from "../contender.ts";
import { quantile } from "../statistics.ts";
import type { Workload } from "../workload.ts";

/** A client that needs longer than this for its calls makes fewer, in ms. */
const PATIENCE = 10_000;

/** A client that needs longer than this to get warm stays cold, in ms. */
const WARMING = 2_000;

/** Short commands, one after the other. */
export const oneByOne: Workload = {
  name: "calls",
  title: 'run(["true"]), 500 in sequence, each on a connection of its own',
  rounds: 3,
  async measure(contender, { scale }) {
    await inSequence(contender, 20, WARMING);
    const times = await inSequence(contender, 500 * scale, PATIENCE);
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
export const atOnce: Workload = {
  name: "parallel",
  title: 'run(["true"]), 200 at once',
  rounds: 3,
  async measure(contender, { scale }) {
    await inSequence(contender, 20, WARMING);
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: 200 * scale }, () => contender.run(["true"])),
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
