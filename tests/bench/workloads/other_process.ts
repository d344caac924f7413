import { readFileSync } from "node:fs";
import { MIB } from "../workload.ts";

/** The clock ticks per second that Linux reports (USER_HZ). */
const TICKS = 100;

/** The bytes of a page, on the machines that the bench runs on. */
const PAGE = 4096;

/** The CPU time of another process, without its children, in seconds. */
export function cpuTimeOf(pid: number): number {
  const fields = statOf(readFileSync(`/proc/${pid}/stat`, "utf8"));
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/**
 * The CPU time of the ended children of a process, from the text of its
 * `/proc/PID/stat`, in seconds.
 */
export function cpuTimeOfChildren(stat: string): number {
  const fields = statOf(stat);
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** Samples the memory of another process; see `watchMemory`. */
export function watchMemoryOf(pid: number): () => number {
  const resident = (): number =>
    Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) *
    PAGE / MIB;
  let most = resident();
  const sample = () => {
    try {
      most = Math.max(most, resident());
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(sample, 20);
  return () => {
    clearInterval(timer);
    sample();
    return most;
  };
}

/** The fields behind the program's name, which may contain anything. */
function statOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
