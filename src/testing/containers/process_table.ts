import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** The environment variable by which the processes of a container are known. */
export const CONTAINER_VARIABLE = "PODWIRE_CONTAINER";

/**
 * Sends a signal to every process whose environment says that it belongs to
 * the container, whatever session or group it has put itself in.
 *
 * @returns How many there were.
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

/** Sends a signal; false when there is no such process any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Empty for one that is gone, is a zombie, or is somebody else's. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
