import { assert, assertEquals } from "@std/assert";
import {
  LONGEST_DELAY,
  sleep,
  startTimer,
  TimeSlice,
} from "../../src/timers.ts";
import { test } from "../harness.ts";
import { delay } from "../support/async.ts";

test("a timer runs once, after its delay", async () => {
  for (const steps of [1, 3]) {
    const start = performance.now();
    let ran = 0;
    const done = new Promise<void>((resolve) =>
      startTimer(50, () => {
        ran++;
        resolve();
      }, { steps })
    );
    await done;
    assert(performance.now() - start >= 45);
    await delay(60);
    assertEquals(ran, 1);
  }
});

test("a timer that is cancelled in the turn in which it is due never runs", async () => {
  let ran = 0;
  const cancels: (() => void)[] = [];
  for (let i = 0; i < 3; i++) {
    cancels.push(startTimer(1, () => {
      ran++;
      for (const cancel of cancels) cancel();
    }));
  }
  await delay(20);
  assertEquals(ran, 1);
});

test("a delay beyond what setTimeout takes goes in several, and does not overflow", () => {
  const delays: number[] = [];
  const due: (() => void)[] = [];
  let ran = 0;
  startTimer(2.5 * LONGEST_DELAY, () => ran++, {
    clock: {
      setTimeout: (run, delay) => {
        delays.push(Math.round(delay));
        due.push(run);
      },
      clearTimeout: () => {},
    },
  });
  while (due.length > 0) due.shift()!();
  assertEquals(delays, [
    LONGEST_DELAY,
    LONGEST_DELAY,
    Math.round(LONGEST_DELAY / 2),
  ]);
  assertEquals(ran, 1);
});

test("TimeSlice: a loop of few iterations starts no timer", () => {
  const { setTimeout } = globalThis;
  let timers = 0;
  Object.assign(globalThis, { setTimeout: () => ++timers });
  try {
    const slice = new TimeSlice();
    for (let i = 0; i < 7; i++) assertEquals(slice.turn(), null);
    assertEquals(timers, 0);
    slice.turn();
    assertEquals(timers, 1);
  } finally {
    Object.assign(globalThis, { setTimeout });
  }
});

test("TimeSlice: its end resolves a pause under way, and leaves no timer", async () => {
  const slice = new TimeSlice();
  for (let i = 0; i < 8; i++) assertEquals(slice.turn(), null);
  const start = performance.now();
  while (performance.now() - start < 20);
  const pause = slice.turn();
  assert(pause !== null);
  slice.end();
  await pause;
  while (performance.now() - start < 40);
  assertEquals(slice.turn(), null);
});

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
