// Followed logs whose responses end, cleanly, while the container runs.
import { assert, assertEquals } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { delay } from "../support/async.ts";
import { embeddedCase, testCase } from "./fixture.ts";
import { untilLeft } from "./scripts.ts";

const COUNT = 6;
const LINES = Array.from({ length: COUNT }, (_, i) => `line ${i}`);

/** Writes the lines from one number up to another. */
function writing(first: number, end: number, pause = 0): string {
  return `i=${first}; while [ $i -lt ${end} ]; do echo line $i; ` +
    `i=$((i+1)); sleep ${pause}; done`;
}

/** A pod that runs a script once. */
function once(script: string) {
  return {
    container: { command: ["sh", "-c", script] },
    spec: { restartPolicy: "Never" },
  };
}

/** A pod that writes three lines, and the others when it finds the file. */
function heldWriter(file: string) {
  return once(`${writing(0, 3)}; ${untilLeft(file)}; ${writing(3, COUNT)}`);
}

function newFile(): string {
  return `/tmp/podwire-${crypto.randomUUID()}`;
}

/** Not by a command in the pod, whose connection may be cut. */
function release(file: string): Promise<void> {
  return writeFile(file, "left\n");
}

/** A timed line has 31 bytes before its text: this is inside the third one. */
const MID_LINE = 2 * (31 + "line 0\n".length) + 33;

for (const how of ["FIN", "RST"] as const) {
  testCase(
    `followed logs: ${how} of the kubelet in the middle of a line`,
    async ({ pods, pod }) => {
      const nodeFault = { afterOutput: MID_LINE, how, times: 1 };
      const file = newFile();
      const name = await pod({ ...heldWriter(file), nodeFault });
      const retries: string[] = [];
      const lines = pods.logs.lines(name, {
        follow: true,
        onRetry({ message }) {
          retries.push(message);
          release(file);
        },
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
  const name = await pod({ ...once(writing(0, COUNT, 0.3)), nodeFault });
  const lines = pods.logs.lines(name, { follow: true });
  assertEquals(await Array.fromAsync(lines), LINES);
}, { needs: ["node faults"] });

/** A followed log is requested with times, which are the start of each line. */
const TIME = "2026-01-02T03:04:05.000000000Z ".length;

/** As `seq` counts. */
function numbers(first: number, last: number): string[] {
  const length = last - first + 1;
  return Array.from({ length }, (_, index) => String(first + index));
}

for (const how of ["FIN", "RST"] as const) {
  testCase(
    `followed logs: ${how} of the kubelet again and again`,
    async ({ pods, pod }) => {
      const script = "for i in $(seq 10 40); do echo $i; sleep 0.05; done";
      const name = await pod({
        ...once(script),
        // Four lines and a part of the fifth.
        nodeFault: { afterOutput: 4 * (TIME + 3) + 7, how, times: 4 },
      });
      const lines = pods.logs.lines(name, { follow: true });
      assertEquals(await Array.fromAsync(lines), numbers(10, 40));
    },
    { needs: ["node faults"] },
  );
}

testCase(
  "followed logs: a kubelet that is lost while idle, after tailLines",
  async ({ pods, pod }) => {
    const file = newFile();
    const name = await pod({
      ...once(`seq 1 100; ${untilLeft(file)}; echo over`),
      nodeFault: { after: 1_000 },
    });
    const written = async () => {
      // On a loaded machine it is cut, too.
      const text = await pods.logs.text(name).catch(() => "");
      return text.includes("\n100\n");
    };
    while (!await written()) await delay(50);
    const lines: string[] = [];
    const options = { follow: true, tailLines: 3 };
    for await (const line of pods.logs.lines(name, options)) {
      lines.push(line);
      if (line !== "100") continue;
      await delay(2_500);
      await release(file);
    }
    assertEquals(lines, ["98", "99", "100", "over"]);
  },
  { needs: ["node faults"] },
);

testCase(
  "followed logs: a kubelet that is lost within a line stored in parts",
  async ({ pods, pod }) => {
    const long = "x".repeat(20_000);
    const script = `echo one; printf %s ${long}; sleep 1.2; echo; echo over`;
    const name = await pod({
      ...once(script),
      // Within the first part of the long line.
      nodeFault: { afterOutput: 2 * TIME + 4 + 10_000, times: 1 },
    });
    const lines = pods.logs.lines(name, { follow: true });
    assertEquals(await Array.fromAsync(lines), ["one", long, "over"]);
  },
  { needs: ["node faults"] },
);

embeddedCase(
  "followed logs: responses that end in the middle of a line",
  async ({ pods, pod }, cluster) => {
    const file = newFile();
    const name = await pod(heldWriter(file));
    cluster.logFault = { afterLines: 1, midLine: true, times: 2 };
    const retries: string[] = [];
    const lines = pods.logs.lines(name, {
      follow: true,
      onRetry({ message }) {
        if (retries.push(message) === 2) release(file);
      },
    });
    assertEquals(await Array.fromAsync(lines), LINES);
    assertEquals(retries.length, 2);
  },
);

embeddedCase(
  "followed logs: responses that end while idle bring no old lines",
  async ({ pods, pod }, cluster) => {
    const file = newFile();
    const script = `seq 1 100; ${untilLeft(file)}; echo new; sleep 1000`;
    const name = await pod(once(script));
    while (!(await pods.logs.text(name)).includes("\n100\n")) await delay(20);
    const seen: string[] = [];
    for await (
      const line of pods.logs.lines(name, { follow: true, tailLines: 3 })
    ) {
      seen.push(line);
      if (line === "new") break;
      if (line !== "100") continue;
      cluster.cutLogs();
      await release(file);
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
