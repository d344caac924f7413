import type { Numbers } from "../plan.ts";
import { FRAME, scaled, type Workload } from "../workload.ts";
import { Flood } from "./flood.ts";

interface UnreadStdin extends Numbers {
  readonly bytes: number;
  readonly frame: number;
  /** Milliseconds during which the command does not read. */
  readonly unread: number;
  /** When to sample the writer's progress, before that time ends. */
  readonly sampleAt: number;
}

/** A flood into a command that does not read its stdin at first. */
export const unreadStdin: Workload<UnreadStdin> = {
  name: "unread-stdin",
  title: "512 MiB of stdin, not read by the command for 3 s",
  // client-node queues all of it, and did not finish within three minutes.
  unsupported: ["kubectl", "client-node"],
  rounds: 3,
  numbers: (scale) => ({
    bytes: scaled(512, scale),
    frame: FRAME,
    unread: 3_000,
    sampleAt: 2_700,
  }),
  async measure(contender, { bytes, frame, unread, sampleAt }, name) {
    await contender.run(["true"]);
    const flood = new Flood();
    setTimeout(() => flood.endSlowPart(), sampleAt);
    await contender.upload(
      ["sink", `${bytes}`, `${unread}`, name, "hash"],
      () => {
        if (flood.moved === bytes) return null;
        const chunk = numbered(flood.moved / frame, frame);
        flood.move(chunk);
        return chunk;
      },
    );
    return flood.measured();
  },
};

/** A unique chunk. */
function numbered(number: number, length: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(length).fill(number);
  new DataView(chunk.buffer).setFloat64(0, number);
  return chunk;
}
