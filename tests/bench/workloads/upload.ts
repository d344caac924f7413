import { FRAME, scaled, type Workload } from "../workload.ts";
import { throughput } from "./throughput.ts";

/** An upload in chunks of one frame, counted by the server. */
export const upload: Workload<{ bytes: number; frame: number }> = {
  name: "upload",
  title: "512 MiB of stdin",
  rounds: 3,
  numbers: (scale) => ({ bytes: scaled(512, scale), frame: FRAME }),
  measure(contender, { bytes, frame }) {
    const chunk = new Uint8Array(frame).map((_, index) => index);
    return throughput(bytes, contender, async () => {
      let left = bytes;
      await contender.upload(["sink", `${bytes}`, "0"], () => {
        if (left === 0) return null;
        left -= chunk.byteLength;
        return chunk;
      });
    });
  },
};
