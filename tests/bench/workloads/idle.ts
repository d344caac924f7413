import { type Memory, settledMemory } from "../../stress/soak/memory.ts";
import type { Contender } from "../contender.ts";
import type { Numbers } from "../plan.ts";
import type { Workload } from "../workload.ts";

interface Idle extends Numbers {
  readonly count: number;
  readonly further: number;
  readonly together: number;
}

/**
 * Concurrent idle attached sessions. With the first ones, a runtime's heap also
 * grows to its working size.
 */
export const idle: Workload<Idle> = {
  name: "idle",
  title: "1,000 idle attached sessions, and 1,000 further ones",
  unsupported: ["kubectl"],
  rounds: 3,
  numbers: (scale) => ({
    count: Math.ceil(1000 * scale),
    further: Math.ceil(1000 * scale),
    together: 25,
  }),
  async measure(contender, { count, further, together }) {
    for (let warm = 0; warm < 20; warm++) await contender.run(["true"]);
    const none = settledMemory();
    const first = await held(contender, count, together);
    const all = await held(contender, further, together);
    return {
      figures: {
        "RSS KiB each": (first.resident - none.resident) * 1024 / count,
        "heap KiB each": (first.heap - none.heap) * 1024 / count,
        "RSS KiB each further": (all.resident - first.resident) * 1024 /
          further,
      },
    };
  },
};

/** Opens `count` more sessions; returns the memory after that. */
async function held(
  contender: Contender,
  count: number,
  together: number,
): Promise<Memory> {
  for (let begun = 0; begun < count; begun += together) {
    await Promise.all(
      Array.from({ length: together }, () => contender.hold()),
    );
  }
  return settledMemory();
}
