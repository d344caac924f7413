import process from "node:process";
import { copyFrom, copyTo } from "../../../src/files/mod.ts";
import type { Contender } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { watchPeak } from "../workloads/peak_memory.ts";
import { openPods } from "./podwire.ts";

const MIB = 2 ** 20;

/** `copyFrom` and `copyTo`, in the process that measures. */
export async function podwireCopy(plan: BenchPlan): Promise<Contender> {
  const { client, pods } = await openPods(plan);
  const { pod } = plan.copy!;
  return {
    ...onlyCopies,
    async copy(way, source, target) {
      const before = process.memoryUsage().rss / MIB;
      const watched = watchPeak();
      if (way === "from") await copyFrom(pods, pod, source, target);
      else await copyTo(pods, pod, source, target);
      const peak = watched();
      return { peak, growth: peak - before };
    },
    close: () => client.close(),
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new Error("It only copies"));

/** The rest of a contender that only copies. */
export const onlyCopies = {
  download: refuse,
  upload: refuse,
  run: refuse,
  collect: refuse,
  hold: refuse,
};
