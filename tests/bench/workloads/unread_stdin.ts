import { createHash } from "node:crypto";
import { settledMemory, watchMemory } from "../../soak/memory.ts";
import { FRAME, MIB, scaled, type Workload } from "../workload.ts";

/** How long the command reads nothing, in milliseconds. */
const UNREAD = 10_000;

/** A flood into a command that does not read its stdin at first. */
export const unreadStdin: Workload = {
  name: "unread-stdin",
  title: "2 GiB of stdin, not read by the command for 10 s",
  // client-node queues all of it, and was not done after three minutes.
  beyond: ["kubectl", "client-node"],
  rounds: 1,
  async measure(contender, plan) {
    await contender.run(["true"]);
    const bytes = scaled(2048, plan);
    const hash = createHash("sha256");
    const { resident } = settledMemory();
    const mostWhileSlow = watchMemory();
    const most = watchMemory();
    const slow = { growth: 0, until: 0, mebibytes: 0 };
    let written = 0;
    // Before the command begins to read.
    setTimeout(() => {
      slow.until = Date.now();
      slow.growth = mostWhileSlow() - resident;
      slow.mebibytes = written / MIB;
    }, UNREAD - 500);
    await contender.upload(
      ["sink", `${bytes}`, `${UNREAD}`, plan.name, "hash"],
      () => {
        if (written === bytes) return null;
        const chunk = numbered(written / FRAME);
        hash.update(chunk);
        written += chunk.byteLength;
        return chunk;
      },
    );
    return {
      figures: {
        "growth while slow, MiB": slow.growth,
        "growth in all, MiB": most() - resident,
      },
      slow: { mebibytes: slow.mebibytes, until: slow.until },
      digest: hash.digest("hex"),
    };
  },
};

/** A chunk like no other. */
function numbered(number: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(FRAME).fill(number);
  new DataView(chunk.buffer).setFloat64(0, number);
  return chunk;
}
