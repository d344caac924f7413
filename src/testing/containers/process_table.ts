import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** The environment variable that marks the processes of a container. */
export const CONTAINER_VARIABLE = "PODWIRE_CONTAINER";

/**
 * Sends a signal to every process whose environment names the container, in any
 * session or process group.
 *
 * @returns The number of processes.
 */
export function signalContainer(id: string, signal: NodeJS.Signals): number {
  const mark = `${CONTAINER_VARIABLE}=${id}`;
  let count = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry) || !environmentOf(entry).includes(mark)) continue;
    if (signalProcess(Number(entry), signal)) count++;
  }
  return count;
}

/** @returns False when there is no such process. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Empty when the process is gone, a zombie, or another user's. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
