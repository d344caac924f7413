import type { Contender } from "../contender.ts";
import type { Measurement } from "../plan.ts";
import { MIB } from "../workload.ts";
import { cpuTime } from "./cpu_time.ts";

/** Does something with so many bytes, and measures its speed and its cost. */
export async function throughput(
  bytes: number,
  contender: Contender,
  body: () => Promise<void>,
): Promise<Measurement> {
  await contender.run(["true"]);
  const cpu = cpuTime();
  const begun = performance.now();
  await body();
  const seconds = (performance.now() - begun) / 1000;
  return {
    figures: {
      "MiB/s": bytes / MIB / seconds,
      "CPU s/GiB": (cpuTime() - cpu) / (bytes / MIB / 1024),
    },
  };
}
