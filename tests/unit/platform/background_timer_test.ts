import { assertEquals } from "@std/assert";
import { startBackgroundTimer } from "../../../src/platform/background_timer.ts";
import { test } from "../../harness.ts";
import { blockEventLoop, delay, eventually } from "../../support/async.ts";

test("a background timer: a blocked event loop does not use up the whole delay", async () => {
  let ran = 0;
  startBackgroundTimer(200, () => ran++);
  blockEventLoop(300);
  await delay(1);
  assertEquals(ran, 0);
  await eventually(() => ran > 0);
  await delay(100);
  assertEquals(ran, 1);
});

test("a background timer: never runs once cancelled, however late", async () => {
  for (const passed of [0, 50]) {
    let ran = 0;
    const cancel = startBackgroundTimer(80, () => ran++);
    if (passed > 0) blockEventLoop(passed);
    await delay(1);
    cancel();
    await delay(150);
    assertEquals(ran, 0);
  }
});
