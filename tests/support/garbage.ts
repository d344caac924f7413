import v8 from "node:v8";
import vm from "node:vm";
import { delay } from "./async.ts";

/** What collects at once everything that is no longer used. */
type Collect = () => void;

const collect = findCollect();

/**
 * Collects what is no longer used, until `isDone` finds that out, for a while at
 * most: what is told of it comes in later turns of the event loop.
 */
export async function collectGarbage(isDone: () => boolean): Promise<void> {
  for (let turn = 0; !isDone() && turn < 200; turn++) {
    collect();
    await delay(turn);
  }
}

/** Deno gets the option of V8 from the test runner, Node here. */
function findCollect(): Collect {
  const { Bun, gc } = globalThis as {
    Bun?: { gc(force: boolean): void };
    gc?: Collect;
  };
  if (Bun !== undefined) return () => Bun.gc(true);
  if (gc !== undefined) return gc;
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc");
}
