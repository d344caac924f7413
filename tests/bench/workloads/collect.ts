import { check, FRAME, scaled, type Workload } from "../workload.ts";
import { throughput } from "./throughput.ts";

/** A command whose output is collected. */
export const collect: Workload = {
  name: "collect",
  title: "256 MiB of stdout, collected into one array",
  beyond: ["kubectl"],
  rounds: 3,
  measure(contender, plan) {
    const bytes = scaled(256, plan);
    return throughput(bytes, contender, async () => {
      const read = await contender.collect(["flood", `${bytes}`, `${FRAME}`]);
      check(read === bytes, `It got ${read} bytes of ${bytes}`);
    });
  },
};
