// An API server that loses the node in the middle of a session: with v5 it
// reports Success, so whatever needs no half-close must not use v5.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionLostError, type StreamSession } from "../../mod.ts";
import { V4 } from "../../src/channel/subprotocols.ts";
import { rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { type Fixture, testCase } from "./fixture.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

/** Its exit code must not be reported, since it never gets there. */
const SCRIPT = "echo begun; sleep 30; exit 3";
const command = ["sh", "-c", SCRIPT];
const BEGUN = "begun\n".length;

/** A container whose main process writes at once and then waits. */
const TICKING = {
  command: ["sh", "-c", "while :; do echo begun; sleep 0.1; done"],
};

type Open = (fixture: Fixture, name: string) => Promise<StreamSession>;

/** The sessions that need no half-close, and what runs in their pod. */
const SESSIONS: Readonly<Record<string, Open>> = {
  "a stream": ({ pods }, name) => pods.exec.stream(name, { command }),
  "a terminal without stdin": ({ pods }, name) =>
    pods.exec.stream(name, { command, tty: true }),
  "a terminal": ({ pods }, name) =>
    pods.exec.stream(name, { command, tty: true, stdin: true }),
  "an attach": ({ pods }, name) => pods.attach.stream(name),
  "an attach to a terminal without stdin": ({ pods }, name) =>
    pods.attach.stream(name, { tty: true }),
  "an attach to a terminal": ({ pods }, name) =>
    pods.attach.stream(name, { tty: true, stdin: true }),
};

for (const how of ["FIN", "RST"] as const) {
  for (const connection of ["kubelet", "runtime"] as const) {
    const lost = `lost node: ${how} on the connection to the ${connection}`;

    testCase(`${lost}: run is ConnectionLostError`, async ({ pods, pod }) => {
      const name = await pod({
        nodeFault: { connection, afterOutput: BEGUN, how },
      });
      const run = pods.exec.run(name, { command });
      const { partial } = await rejection(run, ConnectionLostError);
      assertEquals(new TextDecoder().decode(partial?.stdout), "begun\n");
    }, { needs: ["node faults"] });

    for (const [what, open] of Object.entries(SESSIONS)) {
      testCase(`${lost}: ${what} is ConnectionLostError`, async (fixture) => {
        const attaches = what.startsWith("an attach");
        const tty = what.includes("terminal");
        const container = attaches
          ? { ...TICKING, tty, stdin: true }
          : undefined;
        // Whole lines: the standard WebSocket delivers no partial frame. An
        // attach may begin in the middle of one.
        const line = tty ? "begun\r\n" : "begun\n";
        const afterOutput = line.length * (attaches ? 3 : 1);
        const name = await fixture.pod({
          container,
          nodeFault: { connection, afterOutput, how },
        });
        const session = await open(fixture, name);
        assertEquals(session.protocol, V4);
        const output = collectText(session.stdout);
        const ended = rejection(output.ended, ConnectionLostError);
        await output.until("begun");
        await rejection(session.waitForStatus(), ConnectionLostError);
        await rejection(session.exitCode, ConnectionLostError);
        await ended;
      }, { needs: ["node faults"] });
    }
  }
}

testCase(
  "lost node: a command with stdin is no success where the server shows it",
  async ({ pods, pod, protocol }) => {
    const nodeFault = { afterOutput: BEGUN, how: "RST" } as const;
    const name = await pod({ nodeFault });
    const session = await pods.exec.stream(name, { command, stdin: true });
    assertEquals(session.protocol, protocol);
    const output = collectText(session.stdout);
    const ended = output.ended.catch((error) => error);
    await output.until("begun");
    const end = await session.exitCode.catch((error) => error);
    await ended;
    // A translating server reports Success: the README says so.
    if (end !== 0) assertInstanceOf(end, ConnectionLostError);
    else assert(protocol !== V4, "v4 has no translator");
  },
  { needs: ["node faults"] },
);

testCase(
  "lost node: while it restarts, a call is refused, and works afterwards",
  async (fixture) => {
    const { pods, pod } = fixture;
    const name = await pod({
      nodeFault: { afterOutput: BEGUN, how: "RST", down: 1_000, times: 1 },
    });
    await rejection(pods.exec.run(name, { command }), ConnectionLostError);
    const quick = { command: ["sh", "-c", "exit 3"] };
    await rejection(pods.exec.run(name, quick));
    let exitCode: number | null = null;
    for (let i = 0; i < 100 && exitCode === null; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      exitCode = await pods.exec.run(name, quick).then(
        (result) => result.exitCode,
        () => null,
      );
    }
    assertEquals(exitCode, 3);
  },
  { needs: ["node faults"] },
);

testCase(
  "idle: an empty message keeps a session beyond the server's limit",
  async ({ pods, pod }) => {
    const name = await pod({ idleTimeout: 2_000 });
    const sleep = ["sh", "-c", "sleep 5; exit 3"];
    assertEquals((await pods.exec.run(name, { command: sleep })).exitCode, 3);
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", "sleep 5; read line; exit 4"],
      stdin: true,
    });
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await writtenOrEnded(session.write("\n"));
    assertEquals(await session.exitCode, 4);
  },
  { needs: ["idle timeouts"], client: { keepAlive: { activity: 500 } } },
);

testCase(
  "idle: without it the server cuts the session, which is ConnectionLostError",
  async ({ pods, pod }) => {
    const name = await pod({ idleTimeout: 1_000 });
    const sleep = ["sh", "-c", "sleep 30; exit 3"];
    await rejection(
      pods.exec.run(name, { command: sleep }),
      ConnectionLostError,
    );
  },
  { needs: ["idle timeouts"] },
);
