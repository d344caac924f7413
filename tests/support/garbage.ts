import { delay } from "./async.ts";

/**
 * Makes garbage until the runtime has collected what is no longer used, as
 * `isDone` finds out; for a while at most. Not every runtime of the tests has a
 * function that collects at once.
 */
export async function makeGarbage(isDone: () => boolean): Promise<void> {
  const { Bun } = globalThis as { Bun?: { gc(force: boolean): void } };
  const kept: unknown[] = [];
  for (let turn = 0; !isDone() && turn < 500; turn++) {
    for (let count = 0; count < 50; count++) {
      // Memory outside of the heap makes V8 collect its old objects, too.
      kept[count] = [new Array(1_000).fill({}), new Uint8Array(2 ** 18)];
    }
    Bun?.gc(true);
    await delay(1);
  }
}
