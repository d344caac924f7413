import { assertEquals } from "@std/assert";
import { lazyTimer } from "../../../src/adapters/stepped_timer.ts";
import { test } from "../../harness.ts";
import { eventually, pauseFor, standStill } from "../../support/settling.ts";

test("a lazy timer: a hold-up of the process leaves others some of its time", async () => {
  let ran = 0;
  lazyTimer(200, () => ran++);
  standStill(300);
  await pauseFor(1);
  assertEquals(ran, 0);
  await eventually(() => ran > 0);
  await pauseFor(100);
  assertEquals(ran, 1);
});

test("a lazy timer: a cancel is the end of it, whatever has passed", async () => {
  for (const passed of [0, 50]) {
    let ran = 0;
    const cancel = lazyTimer(80, () => ran++);
    if (passed > 0) standStill(passed);
    await pauseFor(1);
    cancel();
    await pauseFor(150);
    assertEquals(ran, 0);
  }
});
