import { settledMemory } from "../../soak/memory.ts";
import type { Workload } from "../workload.ts";

/** Attached sessions that say nothing, all at once. */
export const idle: Workload<{ count: number; together: number }> = {
  name: "idle",
  title: "1,000 idle attached sessions at once",
  beyond: ["kubectl"],
  rounds: 3,
  numbers: (scale) => ({ count: Math.ceil(1000 * scale), together: 25 }),
  async measure(contender, { count, together }) {
    for (let warm = 0; warm < 20; warm++) await contender.run(["true"]);
    const before = settledMemory();
    for (let held = 0; held < count; held += together) {
      await Promise.all(
        Array.from({ length: together }, () => contender.hold()),
      );
    }
    const after = settledMemory();
    return {
      figures: {
        "RSS KiB each": (after.resident - before.resident) * 1024 / count,
        "heap KiB each": (after.heap - before.heap) * 1024 / count,
      },
    };
  },
};
