// An API server that loses the node of a followed log ends the answer cleanly,
// perhaps in the middle of a line, while the container runs.
import { assertEquals } from "@std/assert";
import { hasEnded } from "../backends/test_pod.ts";
import { delay } from "../support/async.ts";
import { testCase } from "./fixture.ts";
import { leave, untilLeft } from "./scripts.ts";

const spec = { restartPolicy: "Never" };

/** A followed log is requested with times, which are the start of each line. */
const TIME = "2026-01-02T03:04:05.000000000Z ".length;

/** As `seq` counts. */
function numbers(first: number, last: number): string[] {
  const length = last - first + 1;
  return Array.from({ length }, (_, index) => String(first + index));
}

for (const how of ["FIN", "RST"] as const) {
  testCase(
    `lost log: ${how} in the middle of lines, again and again: each line once`,
    async ({ pods, pod }) => {
      const script = "for i in $(seq 10 40); do echo $i; sleep 0.05; done";
      const name = await pod({
        container: { command: ["sh", "-c", script] },
        spec,
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
  "lost log: a node that is down for a while",
  async ({ pods, pod }) => {
    const script = "for i in $(seq 10 30); do echo $i; sleep 0.05; done";
    const name = await pod({
      container: { command: ["sh", "-c", script] },
      spec,
      nodeFault: { afterOutput: TIME + 1, down: 700, times: 1 },
    });
    const failures: string[] = [];
    const lines = pods.logs.lines(name, {
      follow: true,
      onRetry: ({ name }) => failures.push(name),
    });
    assertEquals(await Array.fromAsync(lines), numbers(10, 30));
    assertEquals(failures.includes("ApiError"), true, failures.join());
  },
  { needs: ["node faults"] },
);

testCase(
  "lost log: tailLines, cut while idle, brings no older line",
  async ({ pods, pod }) => {
    const file = `/tmp/podwire-${crypto.randomUUID()}`;
    const script = `seq 1 100; ${untilLeft(file)}; echo over`;
    const name = await pod({
      container: { command: ["sh", "-c", script] },
      spec,
      nodeFault: { after: 1_000 },
    });
    const written = async () => {
      const text = await pods.logs.text(name);
      return text.includes("\n100\n");
    };
    while (!await written()) await delay(50);
    const lines: string[] = [];
    const options = { follow: true, tailLines: 3 };
    for await (const line of pods.logs.lines(name, options)) {
      lines.push(line);
      if (line !== "100") continue;
      await delay(2_500);
      await pods.exec.run(name, { command: ["sh", "-c", leave(file)] });
    }
    assertEquals(lines, ["98", "99", "100", "over"]);
  },
  { needs: ["node faults"] },
);

testCase(
  "lost log: a long line, stored in parts, is whole",
  async ({ pods, pod }) => {
    const long = "x".repeat(20_000);
    const script = `echo one; printf %s ${long}; sleep 1.2; echo; echo over`;
    const name = await pod({
      container: { command: ["sh", "-c", script] },
      spec,
      // Within the first part of the long line.
      nodeFault: { afterOutput: 2 * TIME + 4 + 10_000, times: 1 },
    });
    const lines = pods.logs.lines(name, { follow: true });
    assertEquals(await Array.fromAsync(lines), ["one", long, "over"]);
    await pods.waitFor(name, hasEnded);
  },
  { needs: ["node faults"] },
);
