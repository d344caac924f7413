import { FRAME, scaled, type Workload } from "../workload.ts";
import { throughput } from "./throughput.ts";

/** An upload in chunks of the size of a frame; the server counts it. */
export const upload: Workload = {
  name: "upload",
  title: "512 MiB of stdin",
  rounds: 3,
  measure(contender, plan) {
    const bytes = scaled(512, plan);
    const chunk = new Uint8Array(FRAME).map((_, index) => index);
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
