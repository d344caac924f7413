import process from "node:process";
import { watchMemory } from "../../stress/soak/memory.ts";
import type { Contender } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { openPods } from "./podwire.ts";

/** `portForward.listen`, in the process that measures. */
export async function listening(plan: BenchPlan): Promise<Contender> {
  const { client, pods } = await openPods(plan);
  const { pod, port } = plan.forward!;
  return {
    ...onlyForwards,
    async forward() {
      const listener = await pods.portForward.listen(pod, port, {
        onError: (error) => console.error(error),
      });
      return { port: listener.port, cpuTime, watchMemory };
    },
    close: () => client.close(),
  };
}

/** `portForward.connect`: this process is the local program, too. */
export async function connecting(plan: BenchPlan): Promise<Contender> {
  const { client, pods } = await openPods(plan);
  const { pod, port } = plan.forward!;
  return {
    ...onlyForwards,
    connect: () => pods.portForward.connect(pod, port),
    close: () => client.close(),
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new Error("It only forwards"));

const onlyForwards = {
  download: refuse,
  upload: refuse,
  run: refuse,
  collect: refuse,
  hold: refuse,
};

/** Without children, such as the local program. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
