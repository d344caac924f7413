import { BufferOverflowError } from "../../../../mod.ts";
import { check, type Load, type LoadTarget, share } from "../load.ts";

/** How many commands run at the same time. */
const CONCURRENCY = 5;

/**
 * Commands that are given up, each with a child, on a pod that is chosen by its
 * labels; `killOnAbort` leaves none of their processes.
 */
export const abandoned: Load = {
  name: "abandoned",
  async run(target) {
    const { pods, pod } = target;
    const mark = `podwire${crypto.randomUUID().slice(0, 8)}`;
    await pods.patch(pod, { metadata: { labels: { soak: mark } } });
    const count = share(target, 50);
    const begun = performance.now();
    let next = 0;
    const worker = async () => {
      while (next++ < count) await abandonOne(target, mark);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    const each = (performance.now() - begun) / count;
    // The brackets keep the pattern from matching the search itself.
    const pattern = `[p]${mark.slice(1)}`;
    const left = await pods.exec.run(pod, {
      command: ["sh", "-c", `grep -l '${pattern}' /proc/[0-9]*/cmdline; :`],
    });
    check(left.text() === "", `no process left, but ${left.text()}`);
    return `${count}, one each ${each.toFixed(0)} ms`;
  },
};

async function abandonOne({ pods }: LoadTarget, mark: string): Promise<void> {
  const child = `sh -c 'sleep 1000; : ${mark}'`;
  const error = await pods.exec.run({ labelSelector: `soak=${mark}` }, {
    command: ["sh", "-c", `${child} & yes ${mark}; :`],
    maxBuffer: 10_000,
    killOnAbort: "KILL",
  }).catch((error) => error);
  check(error instanceof BufferOverflowError, `an overflow, not ${error}`);
  check(error.killed === true, `killed is ${error.killed}`);
}
