import { assertEquals } from "@std/assert";
import process from "node:process";
import { onResize } from "../../../../src/platform/terminal/tty.ts";
import { test } from "../../../harness.ts";

test("window size: polled on Windows until stopped", async () => {
  let polls = 0;
  const twice = Promise.withResolvers<void>();
  const stop = onResize(() => {
    if (++polls === 2) twice.resolve();
  }, "win32");
  await twice.promise;
  stop();
  const before = polls;
  await new Promise((resolve) => setTimeout(resolve, 400));
  assertEquals(polls, before);
});

test("window size: SIGWINCH calls back elsewhere until stopped", async () => {
  const before = process.listenerCount("SIGWINCH");
  const signalled = Promise.withResolvers<void>();
  const stop = onResize(() => signalled.resolve(), "linux");
  assertEquals(process.listenerCount("SIGWINCH"), before + 1);
  process.kill(process.pid, "SIGWINCH");
  await signalled.promise;
  stop();
  assertEquals(process.listenerCount("SIGWINCH"), before);
});
