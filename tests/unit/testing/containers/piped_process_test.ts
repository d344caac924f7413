import { assert } from "@std/assert";
import { spawn } from "node:child_process";
import { encodeText } from "../../../../src/bytes.ts";
import { PipedProcess } from "../../../../src/testing/containers/piped_process.ts";
import { test } from "../../../harness.ts";

/**
 * Deno read 160 to 960 times, in seconds, where about ten are enough. On a loaded
 * machine `cat` itself may be late, but hardly twice in three times.
 */
const MOST = 128;

test("processes that write without a pause do not hold up another", async () => {
  let reads = 0;
  let answered = () => {};
  const children = Array.from(
    { length: 8 },
    () => spawn("yes", { stdio: ["ignore", "pipe", "pipe"] }),
  );
  const echo = spawn("cat", { stdio: ["pipe", "pipe", "pipe"] });
  const busy = children.map((child) => new PipedProcess(child));
  const answering = new PipedProcess(echo);
  answering.open({ output: () => answered() });
  for (const process of busy) {
    process.open({
      output() {
        reads++;
        // Slower than the processes: meanwhile the pipes become full again.
        const end = performance.now() + 10;
        while (performance.now() < end);
      },
    });
  }
  try {
    const counts: number[] = [];
    for (let request = 0; request < 3; request++) {
      const before = reads;
      const answer = new Promise<void>((resolve) => answered = resolve);
      answering.write(encodeText("request\n"));
      await answer;
      counts.push(reads - before);
    }
    const late = counts.filter((count) => count >= MOST);
    assert(late.length < 2, `${counts} reads came first`);
  } finally {
    const processes = [...busy, answering];
    for (const child of [...children, echo]) child.kill("SIGKILL");
    for (const process of processes) process.release();
    await Promise.all(processes.map(({ ended }) => ended));
  }
});
