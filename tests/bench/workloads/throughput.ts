import type { Contender } from "../contender.ts";
import type { Measurement } from "../plan.ts";
import { MIB } from "../workload.ts";
import { readFileSync } from "node:fs";
import process from "node:process";

/** Measures the speed and the CPU time of an operation on `bytes` bytes. */
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

/** The clock ticks per second that Linux reports (USER_HZ). */
const TICKS = 100;

/** The CPU time of this process and its ended children, in seconds. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + timeOfChildren();
}

/** Linux only: other systems run no programs in the bench. */
function timeOfChildren(): number {
  if (process.platform !== "linux") return 0;
  const stat = readFileSync("/proc/self/stat", "utf8");
  // The program's name comes first, and may contain anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}
