// Followed logs whose responses end, cleanly, while the container runs.
import { assert, assertEquals } from "@std/assert";
import { delay } from "../support/async.ts";
import { embeddedCase, testCase } from "./fixture.ts";

const COUNT = 6;
const LINES = Array.from({ length: COUNT }, (_, i) => `line ${i}`);

/** A pod that writes the lines, then ends. */
const WRITER = {
  container: {
    command: [
      "sh",
      "-c",
      `i=0; while [ $i -lt ${COUNT} ]; do echo line $i; i=$((i+1)); sleep 0.3; done`,
    ],
  },
  spec: { restartPolicy: "Never" },
};

/** A timed line has 31 bytes before its text: this is inside the third one. */
const MID_LINE = 2 * (31 + "line 0\n".length) + 33;

for (const how of ["FIN", "RST"] as const) {
  testCase(
    `followed logs: ${how} of the kubelet in the middle of a line`,
    async ({ pods, pod }) => {
      const nodeFault = { afterOutput: MID_LINE, how, times: 1 };
      const name = await pod({ ...WRITER, nodeFault });
      const retries: string[] = [];
      const lines = pods.logs.lines(name, {
        follow: true,
        onRetry: ({ message }) => retries.push(message),
      });
      assertEquals(await Array.fromAsync(lines), LINES);
      assertEquals(retries.length, 1);
      assert(
        retries[0]!.includes("the response ended while the container runs"),
      );
    },
    { needs: ["node faults"] },
  );
}

testCase("followed logs: a kubelet that restarts", async ({ pods, pod }) => {
  const nodeFault = { afterOutput: MID_LINE, down: 1_000, times: 1 };
  const name = await pod({ ...WRITER, nodeFault });
  const lines = pods.logs.lines(name, { follow: true });
  assertEquals(await Array.fromAsync(lines), LINES);
}, { needs: ["node faults"] });

embeddedCase(
  "followed logs: responses that end in the middle of a line",
  async ({ pods, pod }, cluster) => {
    const name = await pod(WRITER);
    cluster.logFault = { afterLines: 1, midLine: true, times: 2 };
    const retries: string[] = [];
    const lines = pods.logs.lines(name, {
      follow: true,
      onRetry: ({ message }) => retries.push(message),
    });
    assertEquals(await Array.fromAsync(lines), LINES);
    assertEquals(retries.length, 2);
  },
);

embeddedCase(
  "followed logs: responses that end while idle bring no old lines",
  async ({ pods, pod }, cluster) => {
    const name = await pod({
      container: {
        command: ["sh", "-c", "seq 1 100; sleep 1.5; echo new; sleep 1000"],
      },
    });
    await delay(300);
    const seen: string[] = [];
    for await (
      const line of pods.logs.lines(name, { follow: true, tailLines: 3 })
    ) {
      seen.push(line);
      if (line === "100") cluster.cutLogs();
      if (line === "new") break;
    }
    assertEquals(seen, ["98", "99", "100", "new"]);
  },
);

embeddedCase(
  "followed logs: over restarts the next run follows",
  async ({ pods, pod }) => {
    const name = await pod({
      container: { command: ["sh", "-c", "echo begin; sleep 0.1; echo end"] },
      spec: { restartPolicy: "Always" },
    });
    const seen: string[] = [];
    for await (
      const line of pods.logs.lines(name, { follow: true, restarts: true })
    ) {
      seen.push(line);
      if (seen.length === 4) break;
    }
    assertEquals(seen, ["begin", "end", "begin", "end"]);
  },
);
