import process from "node:process";

const MIB = 2 ** 20;

/** What a process has taken of memory, in MiB. */
export interface Memory {
  /** All of it, as the system sees it. */
  readonly resident: number;
  /** What objects of the program take. */
  readonly heap: number;
}

/** Collects this process's garbage. */
export function collectGarbage(): void {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(force: boolean): void };
  };
  gc?.();
  Bun?.gc(true);
}

/** The memory of this process once its garbage is collected. */
export function settledMemory(): Memory {
  collectGarbage();
  const { heapUsed } = process.memoryUsage();
  return { resident: resident(), heap: heapUsed / MIB };
}

/** Watches the memory of this process; gives the most that was seen, in MiB. */
export function watchMemory(): () => number {
  let most = resident();
  const look = () => most = Math.max(most, resident());
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}

function resident(): number {
  return process.memoryUsage().rss / MIB;
}
