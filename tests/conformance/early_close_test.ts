// Closing, aborting or cancelling before the end: prompt, and without effect on
// other sessions.
import { assert, assertEquals } from "@std/assert";
import { SessionEndedError } from "../../mod.ts";
import { macrotask, rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";
import { leave, untilLeft } from "./scripts.ts";

const FLOOD = ["sh", "-c", "yes | head -c 50000000"];

testCase(
  "early close: close() while the server floods",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, { command: FLOOD });
    const reader = session.stdout.getReader();
    await reader.read();
    const begun = performance.now();
    await session.close();
    assert(performance.now() - begun < 3_000);
    assertEquals(await session.waitForStatus(), null);
    await rejection(reader.read(), SessionEndedError);
  },
);

testCase(
  "early close: close() of an unread flood",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, { command: FLOOD });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await session.close();
    assertEquals(await session.exitCode, null);
  },
  { transports: ["socket"] },
);

testCase(
  "early close: an abort while the server floods",
  async ({ pods, pod }) => {
    const name = await pod();
    const controller = new AbortController();
    const session = await pods.exec.stream(name, {
      command: FLOOD,
      signal: controller.signal,
    });
    const reader = session.stdout.getReader();
    await reader.read();
    const reason = new Error("enough");
    controller.abort(reason);
    assertEquals(await rejection(reader.read()), reason);
    assertEquals(await rejection(session.waitForStatus()), reason);
  },
);

testCase(
  "early close: breaking out of a loop cancels only that stream",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", "yes | head -c 3000000; echo end >&2; exit 4"],
    });
    for await (const part of session.stdout) {
      assert(part.byteLength > 0);
      break;
    }
    assertEquals(await collectText(session.stderr).ended, "end\n");
    assertEquals(await session.exitCode, 4);
  },
);

testCase(
  "early close: the process continues, and its stdin ends",
  async ({ pods, pod }) => {
    const name = await pod();
    const file = `/tmp/podwire-left-${name}`;
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", `cat; ${leave(file)}`],
      stdin: true,
    });
    const echo = collectText(session.stdout);
    await session.write("hello\n");
    await echo.until("hello\n");
    await session.close();
    const command = ["sh", "-c", untilLeft(file)];
    assertEquals((await pods.exec.run(name, { command })).exitCode, 0);
  },
);

testCase(
  "early close: closing one session does not affect another",
  async ({ pods, pod }) => {
    const name = await pod();
    const open = () =>
      pods.exec.stream(name, { command: ["cat"], stdin: true });
    const [closing, staying] = [await open(), await open()];
    const echo = collectText(staying.stdout);
    await staying.write("one\n");
    await closing.close();
    await macrotask();
    await staying.write("two\n");
    await echo.until("one\ntwo\n");
    await staying.close();
  },
);

testCase(
  "early close: an abort at any point of the handshake leaks nothing",
  async ({ pods, pod }) => {
    const name = await pod();
    const reason = new Error("enough");
    for (let round = 0; round < 60; round++) {
      const controller = new AbortController();
      const opening = pods.exec.stream(name, {
        command: ["cat"],
        stdin: true,
        signal: controller.signal,
      });
      const ended = rejection(
        opening.then((session) => session.waitForStatus()),
      );
      await moment(round);
      controller.abort(reason);
      assert(await ended === reason);
    }
  },
  { transports: ["socket"] },
);

/** Waits between one microtask and about 10 milliseconds. */
async function moment(round: number): Promise<void> {
  if (round % 3 > 0) {
    return await new Promise((resolve) => setTimeout(resolve, round / 6));
  }
  for (let turn = 0; turn < round; turn++) await null;
}
