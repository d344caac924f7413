import { assert, assertEquals } from "@std/assert";
import { sleep } from "../../../../src/api/watch/backoff.ts";
import { test } from "../../../harness.ts";

test("sleep: the signal's reason ends it, before and while it waits", async () => {
  const controller = new AbortController();
  const waiting = sleep(60_000, controller.signal);
  controller.abort("enough");
  for (const asleep of [waiting, sleep(60_000, controller.signal)]) {
    assertEquals(await asleep.catch((reason) => reason), "enough");
  }
});

test("sleep: it ends by itself, and lets go of the signal", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => {
    listeners.add(listener);
  };
  signal.removeEventListener = (_: string, listener: unknown) => {
    assert(listeners.delete(listener));
  };
  await sleep(1, signal);
  assertEquals(listeners.size, 0);
});
