// Slow, silent and lost servers: nothing waits longer than it may.
import { assert, assertEquals } from "@std/assert";
import { CallTimeoutError, ConnectionLostError } from "../../mod.ts";
import { pattern, textOf } from "../support/bytes.ts";
import { rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

testCase(
  "liveness: a late answer is awaited",
  async ({ pods, pod }) => {
    const name = await pod({ fault: { delay: 200 } });
    const result = await pods.exec.run(name, { command: ["echo", "late"] });
    assertEquals(result.text(), "late\n");
  },
  { needs: ["faults"] },
);

testCase(
  "liveness: the timeout covers the wait for the server's answer",
  async ({ pods, pod }) => {
    const name = await pod({ fault: { delay: 5_000 } });
    const command = ["true"];
    for (
      const call of [
        () => pods.exec.run(name, { command, timeout: 100 }),
        () => pods.exec.stream(name, { command, timeout: 100 }),
        () => pods.attach.stream(name, { timeout: 100 }),
      ]
    ) {
      assertEquals((await rejection(call(), CallTimeoutError)).timeout, 100);
    }
  },
  { needs: ["faults"] },
);

testCase(
  "liveness: a signal ends the wait for the server's answer",
  async ({ pods, pod }) => {
    const name = await pod({ fault: { delay: 5_000 } });
    const reason = new Error("enough");
    const controller = new AbortController();
    const { signal } = controller;
    setTimeout(() => controller.abort(reason), 50);
    const stream = pods.exec.stream(name, { command: ["true"], signal });
    assertEquals(await rejection(stream), reason);
  },
  { needs: ["faults"] },
);

testCase(
  "liveness: a quiet session whose server answers pings stays open",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", "sleep 2; echo awake"],
    });
    assertEquals(await textOf(session.stdout), "awake\n");
    assertEquals(await session.exitCode, 0);
  },
  {
    transports: ["socket"],
    client: { keepAlive: { interval: 100, timeout: 1_500 } },
  },
);

testCase(
  "liveness: unread input delays the pongs without ending the session",
  async ({ pods, pod }) => {
    const name = await pod();
    const input = pattern(1_000_000);
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", `sleep 2; head -c ${input.byteLength} | wc -c`],
      stdin: true,
    });
    const text = textOf(session.stdout);
    await writtenOrEnded(session.write(input));
    assertEquals((await text).trim(), `${input.byteLength}`);
  },
  {
    transports: ["socket"],
    client: { keepAlive: { interval: 50, timeout: 1_500 } },
  },
);

testCase(
  "liveness: a server that stops reading is a lost connection",
  async ({ pods, pod }) => {
    const name = await pod({ fault: { stall: true } });
    const session = await pods.exec.stream(name, { command: ["sleep", "30"] });
    const error = await rejection(session.waitForStatus(), ConnectionLostError);
    assertEquals(error.closeCode, 1006);
  },
  {
    transports: ["socket"],
    needs: ["faults"],
    client: { keepAlive: { interval: 50, timeout: 300 } },
  },
);

testCase(
  "liveness: close() does not wait for a server that stops reading",
  async ({ pods, pod }) => {
    const name = await pod({ fault: { stall: true } });
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", "echo begun; sleep 30"],
      stdin: true,
    });
    await collectText(session.stdout).until("begun\n");
    await session.write("unread");
    const begun = performance.now();
    await session.close();
    assert(performance.now() - begun < 3_000);
    assertEquals(await session.waitForStatus(), null);
  },
  { needs: ["faults"] },
);

testCase(
  "liveness: run's timeout ends the wait for a server that stops reading",
  async ({ pods, pod }) => {
    const name = await pod({ fault: { stall: true } });
    const run = pods.exec.run(name, { command: ["sleep", "30"], timeout: 200 });
    assertEquals((await rejection(run, CallTimeoutError)).timeout, 200);
  },
  { needs: ["faults"] },
);
