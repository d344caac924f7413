import { builtin } from "../platform/builtin.ts";

/** In how many steps a {@linkcode lazyTimer} goes. */
const STEPS = 4;

/**
 * A timer that does not keep the process alive, as a function to cancel it.
 *
 * It goes in steps: when a process was held up, timers run before sockets do.
 * A hold-up takes one step of what others were given, and never all of it.
 */
export function lazyTimer(milliseconds: number, run: () => void): () => void {
  const { setTimeout, clearTimeout } = builtin("node:timers");
  let left = STEPS;
  const step = (): ReturnType<typeof setTimeout> =>
    setTimeout(() => {
      if (--left === 0) run();
      else if (left > 0) timer = step();
    }, milliseconds / STEPS).unref();
  let timer = step();
  return () => {
    // Deno 2.5 may run a timer that was cleared when it was due already.
    left = 0;
    clearTimeout(timer);
  };
}
