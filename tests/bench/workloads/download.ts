import { check, FRAME, scaled, type Workload } from "../workload.ts";
import { throughput } from "./throughput.ts";

type Download = Workload<{ bytes: number; frame: number }>;

/** A download in frames of the usual size, and one in small frames. */
export const downloads: readonly Download[] = [
  download("download", FRAME),
  download("download-4k", 4 * 1024),
];

function download(name: string, frame: number): Download {
  return {
    name,
    title: `1 GiB of stdout in frames of ${frame / 1024} KiB`,
    // It concatenates each frame to all before: 64 MiB take 39 seconds of CPU.
    unsupported: ["kubernetes (Python)"],
    rounds: 3,
    numbers: (scale) => ({ bytes: scaled(1024, scale), frame }),
    measure(contender, { bytes }) {
      return throughput(bytes, contender, async () => {
        let read = 0;
        await contender.download(
          ["flood", `${bytes}`, `${frame}`],
          (chunk) => {
            read += chunk.byteLength;
          },
        );
        check(
          read === bytes || contender.discards === true,
          `Received ${read} of ${bytes} bytes`,
        );
      });
    },
  };
}
