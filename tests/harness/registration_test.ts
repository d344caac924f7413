import { assertEquals, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { observeChild } from "../support/observed_child.ts";
import { test } from "../harness.ts";
import { observe, stopObserved } from "./observations.ts";
import { withTimeout } from "./registration.ts";

test("a timeout shows what the test waited for, and stops it", async () => {
  let stopped = false;
  const late = withTimeout(20, () => {
    observe({ describe: () => "one" })();
    observe({ describe: () => "two", stop: () => void (stopped = true) });
    return new Promise(() => {});
  });
  const { message } = await rejection<Error>(late);
  assertEquals(message, "the test did not settle within 20 ms\n- two");
  assertEquals([stopped, stopObserved()], [true, ""]);
});

test("a program is shown with its output and its end, and killed", async () => {
  const script = "echo began; echo why >&2; exec sleep 60";
  const first = observeChild(spawn("sh", ["-c", "exit 3"]));
  const second = observeChild(spawn("sh", ["-c", script]));
  const closed = once(second, "close");
  await Promise.all([
    once(first, "close"),
    once(second.stdout, "data"),
    once(second.stderr, "data"),
  ]);
  const [, ended = "", running = "", ...rest] = stopObserved().split("\n");
  assertStringIncludes(ended, "exit 3");
  assertStringIncludes(ended, "ended with 3");
  const shown = 'still runs; stdout: "began\\n"; stderr: "why\\n"';
  assertEquals(running.endsWith(shown), true, running);
  assertEquals(rest, []);
  await closed;
});

test("a stream is shown with its text, and with what is not there yet", async () => {
  const { readable, writable } = new TransformStream();
  const text = collectText(readable);
  const writer = writable.getWriter();
  await writer.write(new TextEncoder().encode("one\n"));
  await text.until("one");
  const missing = rejection<Error>(text.until("two"));
  assertEquals(
    stopObserved(),
    '\n- a stream that has not ended: "one\\n"; no "two" yet',
  );
  await writer.close();
  assertStringIncludes((await missing).message, 'ended before "two": one');
});
