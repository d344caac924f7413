import { check, FRAME, MIB, scaled, type Workload } from "../workload.ts";
import { throughput } from "./throughput.ts";

type Download = Workload<{ bytes: number; frame: number }>;

/** A download in frames of the usual size, and one in small frames. */
export const downloads: readonly Download[] = [
  // More rounds for the figure that most people ask for.
  download("download", "1 GiB", 1024, FRAME, 5),
  download("download-4k", "512 MiB", 512, 4 * 1024, 3),
];

function download(
  name: string,
  size: string,
  mebibytes: number,
  frame: number,
  rounds: number,
): Download {
  return {
    name,
    title: `${size} of stdout in frames of ${frame / 1024} KiB`,
    // It concatenates each frame to all before: 64 MiB take 39 seconds of CPU.
    unsupported: ["kubernetes (Python)"],
    rounds,
    numbers: (scale) => ({ bytes: scaled(mebibytes, scale), frame }),
    async measure(contender, { bytes }) {
      let read = 0;
      let chunks = 0;
      let last = Infinity;
      // Of all chunks but the last.
      let smallest = Infinity;
      const { figures } = await throughput(bytes, contender, async () => {
        await contender.download(
          ["flood", `${bytes}`, `${frame}`],
          ({ byteLength }) => {
            read += byteLength;
            chunks++;
            if (last < smallest) smallest = last;
            last = byteLength;
          },
        );
      });
      if (contender.discards) return { figures };
      check(read === bytes, `Received ${read} of ${bytes} bytes`);
      return {
        figures: {
          ...figures,
          "chunks/MiB": chunks / (bytes / MIB),
          "smallest chunk": smallest,
        },
      };
    },
  };
}
