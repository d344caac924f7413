import type { Contender } from "../contender.ts";
import type { Measurement } from "../plan.ts";
import { MIB } from "../workload.ts";
import { readFileSync } from "node:fs";
import process from "node:process";
import { cpuTimeOfChildren } from "./other_process.ts";

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

/** The CPU time of this process and its ended children, in seconds. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + timeOfChildren();
}

/** Linux only: other systems run no programs in the bench. */
function timeOfChildren(): number {
  if (process.platform !== "linux") return 0;
  return cpuTimeOfChildren(readFileSync("/proc/self/stat", "utf8"));
}
