import { quantile } from "../statistics.ts";
import type { Workload } from "../workload.ts";

/** A client that needs longer than this for its calls makes fewer, in ms. */
const PATIENCE = 10_000;

/** Short commands, one after the other. */
export const oneByOne: Workload = {
  name: "calls",
  title: 'run(["true"]), 500 in sequence, each on a connection of its own',
  rounds: 3,
  async measure(contender, { scale }) {
    for (let count = 0; count < 20; count++) await contender.run(["true"]);
    const times: number[] = [];
    const end = performance.now() + PATIENCE;
    for (let count = 0; count < 500 * scale; count++) {
      const begun = performance.now();
      if (begun > end) break;
      await contender.run(["true"]);
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    return {
      figures: {
        "p50 ms": quantile(times, 0.5),
        "p99 ms": quantile(times, 0.99),
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
    for (let count = 0; count < 20; count++) await contender.run(["true"]);
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: 200 * scale }, () => contender.run(["true"])),
    );
    return { figures: { "all ms": performance.now() - begun } };
  },
};
