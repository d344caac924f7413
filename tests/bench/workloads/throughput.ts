import type { Contender } from "../contender.ts";
import type { Measurement } from "../plan.ts";
import { MIB } from "../workload.ts";
import { readFileSync } from "node:fs";
import process from "node:process";

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

/** How many ticks Linux counts in a second, for programs. */
const TICKS = 100;

/** What this process and its children that have ended took, in seconds. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + timeOfChildren();
}

/** Only Linux says it; elsewhere there is no bench of other programs. */
function timeOfChildren(): number {
  if (process.platform !== "linux") return 0;
  const stat = readFileSync("/proc/self/stat", "utf8");
  // The name of the program comes before, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}
