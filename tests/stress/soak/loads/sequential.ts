import { check, type Load, type LoadTarget, share } from "../load.ts";
import { collectGarbage } from "../memory.ts";
import { row, type Sample, takeSample } from "../sample.ts";
import { countTimers } from "../timers.ts";

/** How many MiB the heap and the process may grow after the warm-up. */
const HEAP_LIMIT = 6;
const RESIDENT_LIMIT = 16;
/**
 * How many commands run between garbage collections. TLS memory is outside of
 * the heap, so V8 alone would collect it only after thousands of commands.
 */
const COLLECTION = 100;
/** The share of the commands that is the warm-up. */
const WARM = 0.2;
/** Many commands in sequence, in constant memory. */
export const sequential: Load = {
  name: "sequential",
  async run(target) {
    const count = share(target, target.plan.sessions);
    const times: number[] = [];
    const looks: Sample[] = [];
    const timers = countTimers();
    try {
      for (const part of [WARM, (1 + WARM) / 2, 1]) {
        while (times.length < count * part) {
          times.push(await runOne(target, times.length));
          if (times.length % COLLECTION === 0) collectGarbage();
        }
        looks.push(await takeSample(timers, looks[0]));
      }
    } finally {
      timers.stop();
    }
    times.sort((left, right) => left - right);
    const median = times[times.length >> 1]!;
    const figures =
      `${count}, median ${median.toFixed(1)} ms; at 20, 60, 100 %: ` +
      `memory ${row(looks, ({ memory }) => memory.resident)} MiB, ` +
      `heap ${row(looks, ({ memory }) => memory.heap)} MiB, ` +
      `open files ${row(looks, ({ files }) => files)}, ` +
      `timers ${row(looks, ({ timers }) => timers)}`;
    check(isFlat(looks, target.serverInside), `not flat: ${figures}`);
    return figures;
  },
};

/** Runs one command; returns its duration in milliseconds. */
async function runOne(
  { pods, pod }: LoadTarget,
  index: number,
): Promise<number> {
  const code = index % 256;
  const begun = performance.now();
  const result = await pods.exec.run(pod, {
    command: ["sh", "-c", `echo ${index}; exit ${code}`],
  });
  const took = performance.now() - begun;
  check(result.text() === `${index}\n`, `output of command ${index}`);
  check(result.exitCode === code, `exit code of command ${index}`);
  return took;
}

function isFlat(looks: readonly Sample[], serverInside: boolean): boolean {
  const [warm, last] = [looks[0]!, looks.at(-1)!];
  const heap = last.memory.heap - warm.memory.heap;
  const resident = last.memory.resident - warm.memory.resident;
  // A server in this process takes thousands of commands to reach its size.
  const small = serverInside ||
    heap <= HEAP_LIMIT && resident <= RESIDENT_LIMIT;
  return small && last.files <= warm.files && last.timers <= warm.timers;
}
