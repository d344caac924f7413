import { assertEquals } from "@std/assert";
import process from "node:process";
import { onResize } from "../../../../src/platform/terminal/window_size.ts";
import { test } from "../../../harness.ts";

test("window size: on Windows it is asked for again and again, until stopped", async () => {
  let asked = 0;
  const twice = Promise.withResolvers<void>();
  const stop = onResize(() => {
    if (++asked === 2) twice.resolve();
  }, "win32");
  await twice.promise;
  stop();
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 400));
  assertEquals(asked, before);
});

test("window size: elsewhere the signal tells, until stopped", async () => {
  const before = process.listenerCount("SIGWINCH");
  const told = Promise.withResolvers<void>();
  const stop = onResize(() => told.resolve(), "linux");
  assertEquals(process.listenerCount("SIGWINCH"), before + 1);
  process.kill(process.pid, "SIGWINCH");
  await told.promise;
  stop();
  assertEquals(process.listenerCount("SIGWINCH"), before);
});
