import { settledMemory } from "../../stress/soak/memory.ts";
import type { Traffic } from "../bench_server.ts";
import type { Numbers } from "../plan.ts";
import { check, MIB, scaled, type Workload } from "../workload.ts";
import { watchPeak } from "./peak_memory.ts";
import { cpuTime } from "./throughput.ts";

/** The JSON of each pod of the server. */
const POD = 8 * 1024;

interface List extends Numbers {
  /** Of the text of all pods. */
  readonly bytes: number;
}

/** A large list, over loopback and over a link of 100 Mbit/s. */
export const lists: readonly Workload<List>[] = [
  list("list", "A list of 50 MiB of pods", {
    only: ["podwire", "bare", "client-node", "client-go"],
  }),
  list("list-link", "The same over 100 Mbit/s", {
    only: ["podwire", "client-node", "client-go"],
    slowLink: true,
  }),
  list(
    "list-link-plain",
    "The same over 100 Mbit/s from a server that does not compress",
    { only: ["podwire"], slowLink: true, prefix: "/plain" },
  ),
];

function list(
  name: string,
  title: string,
  more: Pick<Workload, "only" | "slowLink" | "prefix">,
): Workload<List> {
  return {
    ...more,
    name,
    title,
    rounds: 3,
    numbers: (scale) => ({ bytes: scaled(50, scale) }),
    fromServer: ({ wire }: Traffic) => ({ "received MiB": wire / MIB }),
    async measure(contender, { bytes }) {
      const count = bytes / POD;
      await contender.list!("pods-10");
      const before = settledMemory().resident;
      const peak = watchPeak();
      const cpu = cpuTime();
      const begun = performance.now();
      const pods = await contender.list!(`pods-${count}`);
      const took = performance.now() - begun;
      const used = cpuTime() - cpu;
      const most = peak();
      check(pods.length === count, `Received ${pods.length} of ${count} pods`);
      const last = `web-${`${count - 1}`.padStart(5, "0")}`;
      check(pods.at(-1)?.metadata?.name === last, `The last is not ${last}`);
      const text = bytes / MIB;
      return {
        figures: {
          "ms": took,
          "CPU s": used,
          "peak growth per text": (most - before) / text,
          "growth after per text": (settledMemory().resident - before) / text,
        },
      };
    },
  };
}
