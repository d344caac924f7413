import type { Contender } from "../contender.ts";
import type { Numbers } from "../plan.ts";
import { summarize } from "../statistics.ts";
import { check, type Workload } from "../workload.ts";

interface Gets extends Numbers {
  readonly count: number;
  readonly warmUps: number;
  readonly times: number;
}

/** Gets of pods of 8 KiB, in sequence and at once. */
export const gets: Workload<Gets> = {
  name: "gets",
  title: "100 gets of a pod of 8 KiB, in sequence and at once",
  only: [
    "podwire",
    "podwire no keep-alive",
    "bare",
    "client-node",
    "client-node keep-alive",
    "client-go",
  ],
  rounds: 3,
  numbers: () => ({ count: 100, warmUps: 20, times: 5 }),
  // Those of the warm-up, and of all times.
  fromServer: ({ connections }) => ({ "connections": connections }),
  async measure(contender, { count, warmUps, times }) {
    for (let warm = 0; warm < warmUps; warm++) await get(contender, warm);
    const sequence: number[] = [];
    const atOnce: number[] = [];
    for (let time = 0; time < times; time++) {
      const begun = performance.now();
      for (let index = 0; index < count; index++) await get(contender, index);
      const between = performance.now();
      await Promise.all(
        Array.from({ length: count }, (_, index) => get(contender, index)),
      );
      sequence.push(between - begun);
      atOnce.push(performance.now() - between);
    }
    return {
      figures: {
        "in sequence, ms": summarize(sequence).median,
        "at once, ms": summarize(atOnce).median,
      },
    };
  },
};

async function get(contender: Contender, index: number): Promise<void> {
  const name = `web-${`${index}`.padStart(5, "0")}`;
  const pod = await contender.get!("pods-100", name);
  check(pod.metadata?.name === name, `Received another pod than ${name}`);
}
