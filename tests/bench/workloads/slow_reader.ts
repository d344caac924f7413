import { createHash } from "node:crypto";
import { settledMemory, watchMemory } from "../../soak/memory.ts";
import type { Numbers } from "../plan.ts";
import {
  check,
  FRAME,
  MIB,
  scaled,
  sleep,
  type Workload,
} from "../workload.ts";

interface SlowReader extends Numbers {
  readonly bytes: number;
  readonly frame: number;
  /** How long it reads slowly, and how long it takes a chunk, in ms. */
  readonly slow: number;
  readonly perChunk: number;
}

/** A flood that is read slowly at first, then as fast as it comes. */
export const slowReader: Workload<SlowReader> = {
  name: "slow-reader",
  title: "2 GiB of stdout, read at 5 ms per chunk for 10 s, then at full speed",
  // The one for Python: see the downloads.
  beyond: ["kubectl", "kubernetes (Python)"],
  rounds: 3,
  numbers: (scale) => ({
    bytes: scaled(2048, scale),
    frame: FRAME,
    slow: 10_000,
    perChunk: 5,
  }),
  async measure(contender, numbers, name) {
    await contender.run(["true"]);
    const { bytes, frame, perChunk } = numbers;
    const hash = createHash("sha256");
    const { resident } = settledMemory();
    const mostWhileSlow = watchMemory();
    const most = watchMemory();
    const begun = performance.now();
    const slow = { over: false, growth: 0, until: 0, mebibytes: 0 };
    const endSlowPart = (): void => {
      slow.over = true;
      slow.until = Date.now();
      slow.growth = mostWhileSlow() - resident;
      slow.mebibytes = read / MIB;
    };
    let read = 0;
    await contender.download(
      ["flood", `${bytes}`, `${frame}`, name, "hash"],
      (chunk) => {
        hash.update(chunk);
        read += chunk.byteLength;
        if (slow.over) return;
        if (performance.now() - begun < numbers.slow) return sleep(perChunk);
        endSlowPart();
      },
    );
    // Who cannot make the server wait may be done before.
    if (!slow.over) endSlowPart();
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
