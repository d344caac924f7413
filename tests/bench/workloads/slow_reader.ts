import { createHash } from "node:crypto";
import { settledMemory, watchMemory } from "../../soak/memory.ts";
import {
  check,
  FRAME,
  MIB,
  scaled,
  sleep,
  type Workload,
} from "../workload.ts";

/** How long it reads slowly, and how long it takes a chunk, in milliseconds. */
const SLOW = 10_000;
const PER_CHUNK = 5;

/** A flood that is read slowly at first, then as fast as it comes. */
export const slowReader: Workload = {
  name: "slow-reader",
  title: "2 GiB of stdout, read at 5 ms per chunk for 10 s, then at full speed",
  beyond: ["kubectl"],
  rounds: 1,
  async measure(contender, plan) {
    await contender.run(["true"]);
    const bytes = scaled(2048, plan);
    const hash = createHash("sha256");
    const { resident } = settledMemory();
    const mostWhileSlow = watchMemory();
    const most = watchMemory();
    const begun = performance.now();
    const slow = { over: false, growth: 0, until: 0, mebibytes: 0 };
    let read = 0;
    await contender.download(
      ["flood", `${bytes}`, `${FRAME}`, plan.name, "hash"],
      (chunk) => {
        hash.update(chunk);
        read += chunk.byteLength;
        if (slow.over) return;
        if (performance.now() - begun < SLOW) return sleep(PER_CHUNK);
        slow.over = true;
        slow.until = Date.now();
        slow.growth = mostWhileSlow() - resident;
        slow.mebibytes = read / MIB;
      },
    );
    check(slow.over, "It was over before it was fast");
    check(read === bytes, `It got ${read} bytes of ${bytes}`);
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
