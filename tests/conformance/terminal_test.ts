// Sessions with a TTY: input, output and size.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { V4, V5 } from "../../src/channel/subprotocols.ts";
import { pattern, sha256 } from "../support/bytes.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";
import { untilSize } from "./scripts.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

const size = { width: 80, height: 24 };

for (const tty of [true, false]) {
  const what = tty ? "a shell with a TTY" : "a shell without a TTY";
  for (const code of [0, 1]) {
    testCase(
      `terminal: exit ${code} typed into ${what} is its exit code`,
      async ({ pods, pod }) => {
        const name = await pod();
        const session = await pods.exec.stream(name, {
          command: ["sh"],
          stdin: true,
          tty,
        });
        const screen = collectText(session.stdout);
        await session.write("echo mark$((1+1))\n");
        await screen.until("mark2");
        await session.write(`exit ${code}\n`);
        const status = await session.waitForStatus();
        assertEquals(status?.status, code === 0 ? "Success" : "Failure");
        assertEquals(await session.exitCode, code);
      },
    );
  }
}

testCase(
  "terminal: the requested size reaches a command that reads no input",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", untilSize("40 120")],
      tty: true,
      size: { width: 120, height: 40 },
    });
    assertEquals(await collectText(session.stdout).ended, "40 120\r\n");
    assertEquals(await session.exitCode, 0);
  },
);

testCase(
  "terminal: a resize signals a running command",
  async ({ pods, pod }) => {
    const name = await pod();
    const script = "trap 'stty size' WINCH; echo ready; " +
      "until stty size | grep -q '^50 133$'; do sleep 0.02; done; exit 3";
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", script],
      tty: true,
      size,
    });
    const screen = collectText(session.stdout);
    await screen.until("ready");
    await session.resize({ width: 133, height: 50 });
    assertStringIncludes(await screen.ended, "50 133\r\n");
    assertEquals(await session.exitCode, 3);
  },
);

testCase(
  "terminal: input stays complete while the size changes",
  async ({ pods, pod }) => {
    const name = await pod();
    const bytes = pattern(200_000);
    const script = "stty raw -echo; echo ready; " +
      `head -c ${bytes.byteLength} | sha256sum; ${untilSize("49 149")}`;
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", script],
      stdin: true,
      tty: true,
      size,
    });
    const screen = collectText(session.stdout);
    await screen.until("ready");
    const resizing = async () => {
      for (let step = 1; step < 50; step++) {
        await session.resize({ width: 100 + step, height: step });
      }
    };
    const typing = async () => {
      for (let at = 0; at < bytes.byteLength; at += 5_000) {
        await session.write(bytes.subarray(at, at + 5_000));
      }
    };
    await Promise.all([typing(), resizing()]);
    assertStringIncludes(await screen.ended, await sha256(bytes));
    assertEquals(await session.exitCode, 0);
  },
);

for (const [name, protocol] of [["v5", V5], ["v4", V4]] as const) {
  testCase(
    `terminal: the output is complete without stdin, over ${name}`,
    async ({ pods, pod }) => {
      const session = await pods.exec.stream(await pod(), {
        command: ["sh", "-c", "echo one; sleep 0.2; echo two; exit 3"],
        tty: true,
      });
      assertEquals(await collectText(session.stdout).ended, "one\r\ntwo\r\n");
      assertEquals(await session.exitCode, 3);
      assertEquals(session.protocol, protocol);
    },
    name === "v5" ? { protocol, client: { protocol: name } } : {},
  );
}

testCase(
  "terminal: ctrl-c interrupts the remote command",
  async ({ pods, pod }) => {
    const name = await pod();
    const script = "trap 'echo caught; exit 5' INT; echo ready; " +
      "while :; do sleep 0.02; done";
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", script],
      stdin: true,
      tty: true,
      size,
    });
    const screen = collectText(session.stdout);
    await screen.until("ready");
    await writtenOrEnded(session.write("\x03"));
    assertStringIncludes(await screen.ended, "caught\r\n");
    assertEquals(await session.exitCode, 5);
  },
);

testCase(
  "terminal: attach resizes the terminal of the main process",
  async ({ pods, pod }) => {
    const script = "while :; do stty size; sleep 0.05; done";
    const name = await pod({
      container: { command: ["sh", "-c", script], stdin: true, tty: true },
    });
    const session = await pods.attach.stream(name, {
      tty: true,
      size: { width: 90, height: 33 },
    });
    const screen = collectText(session.stdout);
    await screen.until("33 90\r\n");
    await session.resize({ width: 133, height: 50 });
    await screen.until("50 133\r\n");
    await session.close();
  },
);
