import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import {
  onResize,
  type SizedProcess,
  windowSize,
} from "../../../../src/platform/terminal/tty.ts";
import { test } from "../../../harness.ts";

/** A process at a terminal, whose `columns` are as old as the last refresh. */
function fakeProcess(platform: string) {
  const real = { width: 80, height: 24 };
  const stdout = {
    isTTY: true,
    columns: 80,
    rows: 24,
    _refreshSize() {
      [stdout.columns, stdout.rows] = [real.width, real.height];
    },
  };
  const events = new EventEmitter();
  const process = Object.assign(events, { platform, stdout });
  return { process: process as unknown as SizedProcess, real, stdout, events };
}

test("window size: polled on Windows until stopped, and asked for each time", async () => {
  const { process, real, events } = fakeProcess("win32");
  let polls = 0;
  const resized = Promise.withResolvers<void>();
  const stop = onResize(() => {
    polls++;
    if (windowSize(process)?.width === 132) resized.resolve();
  }, process);
  assertEquals(windowSize(process), { width: 80, height: 24 });
  real.width = 132;
  await resized.promise;
  stop();
  const before = polls;
  await new Promise((resolve) => setTimeout(resolve, 400));
  assertEquals(polls, before);
  assertEquals(events.listenerCount("SIGWINCH"), 0);
});

test("window size: SIGWINCH calls back elsewhere until stopped", () => {
  const { process, events, stdout } = fakeProcess("darwin");
  let calls = 0;
  const stop = onResize(() => calls++, process);
  events.emit("SIGWINCH");
  stop();
  events.emit("SIGWINCH");
  assertEquals(calls, 1);
  assertEquals(windowSize(process), { width: 80, height: 24 });
  stdout.isTTY = false;
  assertEquals(windowSize(process), null);
});

test("window size: the getter of Deno, which has no refresh", () => {
  const { process, stdout } = fakeProcess("win32");
  Reflect.deleteProperty(stdout, "_refreshSize");
  assertEquals(windowSize(process), { width: 80, height: 24 });
});
