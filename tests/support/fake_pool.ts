import { ConnectionPool } from "../../src/transport/connection_pool.ts";
import type { Dial } from "../../src/transport/dial.ts";
import { macrotask } from "./async.ts";

/** A timer of a {@linkcode poolOf}, for the test to run. */
export interface PoolTimer {
  readonly milliseconds: number;
  run(): void;
}

/**
 * A pool over `dial`.
 *
 * @param timers Gets the timers under way.
 */
export function poolOf(
  dial: Dial,
  timers: Set<PoolTimer> = new Set(),
): ConnectionPool {
  return new ConnectionPool({
    dial,
    nextTurn: macrotask,
    startBackgroundTimer(milliseconds, run) {
      const timer = { milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
}
