import { assertEquals } from "@std/assert";
import { EventEmitter } from "node:events";
import { untilInterrupted } from "../../../src/cli/interrupted.ts";
import {
  onExit,
  type SignalProcess,
} from "../../../src/platform/terminal/signals.ts";
import { test } from "../../harness.ts";

/** A process that notes how it would end. */
function fakeProcess() {
  const ends: (number | string)[] = [];
  const events = new EventEmitter();
  const process = Object.assign(events, {
    platform: "linux",
    pid: 7,
    kill: (_pid: number, name: string) => ends.push(name),
    exit: (code: number) => ends.push(code),
  });
  return { process: process as unknown as SignalProcess, events, ends };
}

test(
  "interrupted: a signal aborts once, beside a terminal in raw mode",
  async () => {
    const { process, events, ends } = fakeProcess();
    const noted: (number | string)[] = [];
    const code = await untilInterrupted(
      (signal) => {
        signal.onabort = () => noted.push("aborted");
        const stop = onExit((code) => noted.push(code), process);
        events.emit("SIGTERM", "SIGTERM");
        stop();
        return Promise.reject(signal.reason);
      },
      ["SIGINT", "SIGTERM"],
      process,
    );
    assertEquals([code, noted, ends], [143, ["aborted", 143], []]);
    assertEquals(events.eventNames(), []);
  },
  { shared: true },
);

test("interrupted: a second signal ends the program at once", async () => {
  const { process, events, ends } = fakeProcess();
  await untilInterrupted(
    (signal) => {
      events.emit("SIGINT", "SIGINT");
      events.emit("SIGTERM", "SIGTERM");
      return Promise.resolve(signal.aborted ? 0 : 1);
    },
    ["SIGINT", "SIGTERM"],
    process,
  );
  assertEquals(ends, [143]);
}, { shared: true });
