import type { Numbers } from "../plan.ts";
import { delay } from "../../support/async.ts";
import { check, FRAME, scaled, type Workload } from "../workload.ts";
import { Flood } from "./flood.ts";

interface SlowReader extends Numbers {
  readonly bytes: number;
  readonly frame: number;
  /** Milliseconds of slow reading, and per chunk during that. */
  readonly slow: number;
  readonly perChunk: number;
}

/** A flood that is read slowly at first, then as fast as it comes. */
export const slowReader: Workload<SlowReader> = {
  name: "slow-reader",
  title: "1 GiB of stdout, read at 5 ms per chunk for 4 s, then at full speed",
  // For kubernetes (Python), see the downloads.
  unsupported: ["kubectl", "kubernetes (Python)"],
  rounds: 3,
  numbers: (scale) => ({
    bytes: scaled(1024, scale),
    frame: FRAME,
    slow: 4_000,
    perChunk: 5,
  }),
  async measure(contender, numbers, name) {
    await contender.run(["true"]);
    const { bytes, frame, perChunk, slow } = numbers;
    const flood = new Flood();
    const begun = performance.now();
    await contender.download(
      ["flood", `${bytes}`, `${frame}`, name, "hash"],
      (chunk) => {
        flood.move(chunk);
        if (flood.over) return;
        if (performance.now() - begun < slow) return delay(perChunk);
        flood.endSlowPart();
      },
    );
    // A client without backpressure may finish earlier.
    if (!flood.over) flood.endSlowPart();
    check(flood.moved === bytes, `Received ${flood.moved} of ${bytes} bytes`);
    return flood.measured();
  },
};
