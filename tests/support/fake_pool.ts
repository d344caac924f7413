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
 * @param now The time in milliseconds. Defaults to the real one.
 */
export function poolOf(
  dial: Dial,
  timers: Set<PoolTimer> = new Set(),
  now: () => number = () => performance.now(),
): ConnectionPool {
  return new ConnectionPool({
    dial,
    now,
    nextTurn: macrotask,
    startBackgroundTimer(milliseconds, run) {
      const timer = { milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
}
