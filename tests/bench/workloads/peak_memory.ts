import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { watchMemory } from "../../stress/soak/memory.ts";

/**
 * The result returns the highest resident memory since then, in MiB. On Linux
 * the system keeps it (proc_pid_clear_refs(5)), so a peak inside a synchronous
 * call such as `JSON.parse`, in which no timer runs, counts too.
 */
export function watchPeak(): () => number {
  if (process.platform !== "linux") return watchMemory();
  writeFileSync("/proc/self/clear_refs", "5");
  return () => {
    const status = readFileSync("/proc/self/status", "utf8");
    return Number(status.match(/^VmHWM:\s*(\d+) kB$/m)![1]) / 1024;
  };
}
