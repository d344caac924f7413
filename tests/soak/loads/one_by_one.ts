import { check, type Load } from "../load.ts";
import { type Memory, settledMemory } from "../memory.ts";

/** By how many MiB the process, and its heap, may grow after a quarter of it. */
const RESIDENT_LEEWAY = 24;
const HEAP_LEEWAY = 6;

/** Many commands, one after the other, in memory that stays as it is. */
export const oneByOne: Load = {
  name: "one by one",
  async run({ pods, pod, serverInside, plan }) {
    const times: number[] = [];
    let warm: Memory | null = null;
    for (let index = 0; index < plan.sessions; index++) {
      const code = index % 256;
      const begun = performance.now();
      const result = await pods.exec.run(pod, {
        command: ["sh", "-c", `echo ${index}; exit ${code}`],
      });
      times.push(performance.now() - begun);
      check(result.text() === `${index}\n`, `output of command ${index}`);
      check(result.exitCode === code, `exit code of command ${index}`);
      if (index === Math.floor(plan.sessions / 4)) warm = settledMemory();
    }
    const memory = settledMemory();
    const heap = memory.heap - warm!.heap;
    const resident = memory.resident - warm!.resident;
    check(heap <= HEAP_LEEWAY, `the heap grew by ${heap.toFixed(1)} MiB`);
    // A server with its child processes takes thousands of rounds to settle.
    check(
      serverInside || resident <= RESIDENT_LEEWAY,
      `the process grew by ${resident.toFixed(0)} MiB`,
    );
    times.sort((left, right) => left - right);
    const median = times[times.length >> 1]!;
    return `${plan.sessions}, median ${median.toFixed(1)} ms, ` +
      `then memory ${signed(resident, 0)} MiB, heap ${signed(heap, 1)} MiB`;
  },
};

function signed(count: number, digits: number): string {
  return `${count < 0 ? "" : "+"}${count.toFixed(digits)}`;
}
