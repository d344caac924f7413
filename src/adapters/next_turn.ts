import { builtin } from "../platform/builtin.ts";

/** Resolves in the next turn of the event loop, after sockets have been read. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    builtin("node:timers").setImmediate(resolve);
  });
}
