import { connections } from "./connections.ts";
import { type Memory, settledMemory } from "./memory.ts";
import type { TimerCount } from "./timers.ts";

/** How long sockets and timers may outlive the last call, in milliseconds. */
const GRACE = 3_000;

/** The resources of the process at some point. */
export interface Sample {
  readonly memory: Memory;
  readonly files: number;
  readonly timers: number;
}

/** Waits for resources that are being released, then takes a sample. */
export async function takeSample(
  timers: TimerCount,
  first?: Sample,
): Promise<Sample> {
  const deadline = performance.now() + GRACE;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = { files: connections().length, timers: timers.pending };
    const settled = first !== undefined && now.files <= first.files &&
      now.timers <= first.timers;
    if (settled || performance.now() > deadline) {
      return { ...now, memory: settledMemory() };
    }
  }
}

/** The values of some samples, for figures. */
export function row(
  looks: readonly Sample[],
  value: (look: Sample) => number,
): string {
  return looks.map((look) => value(look).toFixed(0)).join(", ");
}
