import { mkdirSync, rmSync } from "node:fs";
import { CannotRun } from "../contender.ts";
import type { CopySources, Numbers } from "../plan.ts";
import { check, MIB, type Workload } from "../workload.ts";
import { digestOf } from "./copy_digest.ts";
import { cpuTime } from "./throughput.ts";

/** Files copied between a container and this machine, both ends compared. */
export const copies: readonly Workload[] = [
  copy("copy from", "A file of 1 GiB from a container", "from", "file"),
  copy("copy to", "A file of 1 GiB to a container", "to", "file"),
  copy(
    "copy tree from",
    "20,000 files of 1 KiB from a container",
    "from",
    "tree",
  ),
  copy("copy tree to", "20,000 files of 1 KiB to a container", "to", "tree"),
];

function copy(
  name: string,
  title: string,
  way: "from" | "to",
  what: keyof CopySources,
): Workload<Numbers> {
  return {
    name,
    title,
    only: ["podwire copy", "kubectl", "client-node Cp"],
    copies: true,
    rounds: 3,
    numbers: () => ({}),
    async measure(contender, _numbers, _name, { copy }) {
      if (!contender.copy) throw new CannotRun("it copies nothing");
      const { folder, sources } = copy!;
      const { path, bytes, digest } = sources[what];
      const directory = `${folder}/copy`;
      rmSync(directory, { recursive: true, force: true });
      try {
        if (what === "file") mkdirSync(directory);
        const to = what === "file" ? `${directory}/file` : directory;
        const cpu = cpuTime();
        const begun = performance.now();
        const { peak, growth } = await contender.copy(
          way,
          `${folder}/${path}`,
          to,
        );
        const seconds = (performance.now() - begun) / 1000;
        const used = cpuTime() - cpu;
        check(digestOf(directory) === digest, "The copy is different");
        return {
          figures: {
            seconds,
            ...(what === "file" && { "MiB/s": bytes / MIB / seconds }),
            "CPU s": used,
            "peak RSS, MiB": peak,
            ...(growth !== undefined && { "growth, MiB": growth }),
          },
        };
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}
