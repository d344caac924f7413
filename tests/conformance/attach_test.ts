// Attach: sessions with the main process of a container.
import { assert, assertEquals } from "@std/assert";
import { HalfCloseUnsupportedError } from "../../mod.ts";
import { V4, V5 } from "../../src/channel/subprotocols.ts";
import { rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";

/** Answers each line, on both streams. */
const ANSWERING = {
  command: [
    "sh",
    "-c",
    'while read line; do echo "got $line"; echo "saw $line" >&2; done; echo over',
  ],
  stdin: true,
};

testCase(
  "attach: input for a container without stdin is discarded",
  async ({ pods, pod }) => {
    const script = "cat; while :; do echo tick; sleep 0.05; done";
    const name = await pod({ container: { command: ["sh", "-c", script] } });
    const session = await pods.attach.stream(name, { stdin: true });
    const output = collectText(session.stdout);
    await session.write("nobody reads this\n");
    await output.until("tick\ntick\n");
    assert(!output.text.includes("nobody"));
    await session.close();
  },
);

testCase(
  "attach: two sessions of one process share its output and input",
  async ({ pods, pod }) => {
    const name = await pod({ container: ANSWERING });
    const first = await pods.attach.stream(name, { stdin: true });
    const second = await pods.attach.stream(name, { stdin: true });
    const outputs = [
      collectText(first.stdout),
      collectText(second.stdout),
    ] as const;
    const seen = (text: string) =>
      Promise.all(outputs.map((output) => output.until(text)));
    // The echo of its own line proves that a session is attached.
    await first.write("one\n");
    await outputs[0].until("got one\n");
    await second.write("two\n");
    await seen("got two\n");
    await first.write("three\n");
    await seen("got three\n");
    await first.close();
    await second.write("four\n");
    await outputs[1].until("got four\n");
    await second.close();
  },
);

testCase(
  "attach: earlier output is not replayed",
  async ({ pods, pod }) => {
    const name = await pod({ container: ANSWERING });
    const first = await pods.attach.stream(name, { stdin: true });
    await first.write("before\n");
    await collectText(first.stdout).until("got before\n");
    await first.close();
    const second = await pods.attach.stream(name, { stdin: true });
    const output = collectText(second.stdout);
    await second.write("after\n");
    await output.until("got after\n");
    assertEquals(output.text, "got after\n");
    await second.close();
  },
);

for (const v5 of [true, false]) {
  for (const stdinOnce of [false, true]) {
    testCase(
      "attach: without stdin only output is attached" +
        (stdinOnce ? ", with stdinOnce" : "") + (v5 ? ", over v5" : ""),
      async ({ pods, pod }) => {
        const script = "while :; do echo tick; sleep 0.05; done & cat; kill $!";
        const name = await pod({
          container: { command: ["sh", "-c", script], stdin: true, stdinOnce },
          spec: { restartPolicy: "Never" },
        });
        const session = await pods.attach.stream(name);
        await collectText(session.stdout).until("tick\n".repeat(4));
        assertEquals((await pods.get(name)).status?.phase, "Running");
        await session.close();
      },
      v5 ? { protocol: V5, client: { protocol: "v5" } } : {},
    );
  }
}

testCase("attach: stderr is a separate stream", async ({ pods, pod }) => {
  const name = await pod({ container: ANSWERING });
  const session = await pods.attach.stream(name, { stdin: true });
  const [out, err] = [collectText(session.stdout), collectText(session.stderr)];
  await session.write("this\n");
  await Promise.all([out.until("\n"), err.until("\n")]);
  assertEquals([out.text, err.text], ["got this\n", "saw this\n"]);
  await session.close();
});

testCase(
  "attach: with stdinOnce, the end of our stdin ends the stdin of the process",
  async ({ pods, pod, protocol }) => {
    const name = await pod({
      container: { ...ANSWERING, stdinOnce: true },
      spec: { restartPolicy: "Never" },
    });
    const session = await pods.attach.stream(name, { stdin: true });
    const output = collectText(session.stdout);
    await session.write("last\n");
    await output.until("got last\n");
    if (protocol === V4) {
      await rejection(session.closeStdin(), HalfCloseUnsupportedError);
      return await session.close();
    }
    await session.closeStdin();
    assertEquals((await session.waitForStatus())?.status, "Success");
    assertEquals(await output.ended, "got last\nover\n");
    assertEquals(await session.exitCode, null);
  },
);

testCase(
  "attach: closing does not restart the container",
  async ({ pods, pod }) => {
    const name = await pod({ container: ANSWERING });
    const session = await pods.attach.stream(name, { stdin: true });
    await session.write("here\n");
    await collectText(session.stdout).until("got here\n");
    await session.close();
    const { status } = await pods.get(name);
    assertEquals(status?.phase, "Running");
    assertEquals(status?.containerStatuses?.[0]?.restartCount, 0);
  },
);

testCase(
  "attach: the end of our stdin ends our session, not the process",
  async ({ pods, pod, protocol }) => {
    const name = await pod({ container: ANSWERING });
    const leaving = await pods.attach.stream(name, { stdin: true });
    const output = collectText(leaving.stdout);
    await leaving.write("one\n");
    await output.until("got one\n");
    if (protocol === V4) {
      await rejection(leaving.closeStdin(), HalfCloseUnsupportedError);
      await leaving.close();
    } else {
      await leaving.closeStdin();
      assertEquals((await leaving.waitForStatus())?.status, "Success");
      assertEquals(await output.ended, "got one\n");
    }
    const next = await pods.attach.stream(name, { stdin: true });
    await next.write("two\n");
    await collectText(next.stdout).until("got two\n");
    await next.close();
  },
);
