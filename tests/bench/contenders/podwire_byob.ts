import { CannotRun, type Contender } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { openPods, podwire, succeeded } from "./podwire.ts";

/** Each read fills the same array, which goes there and back by transfer. */
const LENGTH = 64 * 1024;

/** Podwire, whose downloads are read into an array of the reader's own. */
export async function podwireByob(plan: BenchPlan): Promise<Contender> {
  const { client, pods } = await openPods(plan);
  const contender = await podwire(plan);
  return {
    ...contender,
    async download(command, take) {
      const session = await pods.exec.stream("bench", {
        command,
        stderr: false,
      });
      const reader = byobReader(session.stdout);
      let array = new Uint8Array(LENGTH);
      for (;;) {
        const { done, value } = await reader.read(array);
        if (done) break;
        const taken = take(value);
        if (taken) await taken;
        array = new Uint8Array(value.buffer);
      }
      await succeeded(session);
    },
    async close() {
      await contender.close();
      await client.close();
    },
  };
}

/** @throws {CannotRun} It is no byte stream. */
function byobReader(
  stream: ReadableStream<Uint8Array>,
): ReadableStreamBYOBReader {
  try {
    return stream.getReader({ mode: "byob" });
  } catch (error) {
    throw new CannotRun(`stdout has no BYOB reader: ${error}`);
  }
}
