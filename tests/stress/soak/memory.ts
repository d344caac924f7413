import process from "node:process";

const MIB = 2 ** 20;

/** The memory of a process, in MiB. */
export interface Memory {
  /** The resident set size. */
  readonly resident: number;
  /** The heap in use. */
  readonly heap: number;
}

/** Runs the garbage collector. */
export function collectGarbage(): void {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(force: boolean): void };
  };
  gc?.();
  Bun?.gc(true);
}

/** The memory of this process after garbage collection. */
export function settledMemory(): Memory {
  collectGarbage();
  const { heapUsed } = process.memoryUsage();
  return { resident: resident(), heap: heapUsed / MIB };
}

/** Samples the memory of this process; the result returns the maximum, in MiB. */
export function watchMemory(): () => number {
  let most = resident();
  const sample = () => most = Math.max(most, resident());
  const timer = setInterval(sample, 20);
  return () => {
    clearInterval(timer);
    sample();
    return most;
  };
}

function resident(): number {
  return process.memoryUsage().rss / MIB;
}
