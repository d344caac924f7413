import type { Numbers } from "../plan.ts";
import { FRAME, scaled, type Workload } from "../workload.ts";
import { Flood } from "./flood.ts";

interface UnreadStdin extends Numbers {
  readonly bytes: number;
  readonly frame: number;
  /** How long the command reads nothing, in milliseconds. */
  readonly unread: number;
  /** When it is looked at how far the writer came: before the end of that. */
  readonly look: number;
}

/** A flood into a command that does not read its stdin at first. */
export const unreadStdin: Workload<UnreadStdin> = {
  name: "unread-stdin",
  title: "2 GiB of stdin, not read by the command for 10 s",
  // client-node queues all of it, and was not done after three minutes.
  unsupported: ["kubectl", "client-node"],
  rounds: 3,
  numbers: (scale) => ({
    bytes: scaled(2048, scale),
    frame: FRAME,
    unread: 10_000,
    look: 9_500,
  }),
  async measure(contender, { bytes, frame, unread, look }, name) {
    await contender.run(["true"]);
    const flood = new Flood();
    setTimeout(() => flood.endSlowPart(), look);
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

/** A chunk like no other. */
function numbered(number: number, length: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(length).fill(number);
  new DataView(chunk.buffer).setFloat64(0, number);
  return chunk;
}
