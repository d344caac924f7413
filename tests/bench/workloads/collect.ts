import { check, FRAME, scaled, type Workload } from "../workload.ts";
import { throughput } from "./throughput.ts";

/** A command whose output is collected. */
export const collect: Workload<{ bytes: number; frame: number }> = {
  name: "collect",
  title: "256 MiB of stdout, collected into one array",
  // For kubernetes (Python), see the downloads.
  unsupported: ["kubectl", "kubernetes (Python)"],
  rounds: 3,
  numbers: (scale) => ({ bytes: scaled(256, scale), frame: FRAME }),
  measure(contender, { bytes, frame }) {
    return throughput(bytes, contender, async () => {
      const read = await contender.collect(["flood", `${bytes}`, `${frame}`]);
      check(read === bytes, `Received ${read} of ${bytes} bytes`);
    });
  },
};
