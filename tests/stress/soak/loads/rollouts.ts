import {
  Api,
  type Client,
  createClient,
  Deployment,
  isComplete,
  isRolledOut,
  Job,
  Pod,
  ReplicaSet,
} from "../../../../mod.ts";
import { startCluster } from "../../../../src/testing/mod.ts";
import { check, type Load } from "../load.ts";
import { row, type Sample, takeSample } from "../sample.ts";
import { countTimers } from "../timers.ts";

/** How many sessions of the plan make one round, which runs seven processes. */
const ROUND = 20;
/** How many MiB the heap may grow after the warm-up. */
const HEAP_LIMIT = 8;
const LIMIT = { timeout: 30_000 };

/** Rollouts, Jobs and deletions of the test kit in sequence, which leave nothing. */
export const rollouts: Load = {
  name: "rollouts",
  backend: "embedded",
  skipReason: (_backend, transport) =>
    transport === "web" ? "it opens no sessions" : undefined,
  async run({ plan }) {
    const rounds = Math.ceil(plan.sessions / ROUND);
    const cluster = await startCluster({ tls: false, startupDelay: 0 });
    const client = await createClient(cluster.clientOptions());
    const looks: Sample[] = [];
    const timers = countTimers();
    const begun = performance.now();
    try {
      let done = 0;
      for (const part of [0.2, 0.6, 1]) {
        for (; done < rounds * part; done++) await runRound(client, done);
        // The history of changes is bounded, but by far more than this.
        cluster.compact();
        looks.push(await takeSample(timers, looks[0]));
      }
    } finally {
      timers.stop();
      await client.close();
      await cluster.close();
    }
    const figures = `${rounds} rounds, ` +
      `${((performance.now() - begun) / rounds).toFixed(0)} ms each; ` +
      `heap ${row(looks, ({ memory }) => memory.heap)} MiB, ` +
      `open files ${row(looks, ({ files }) => files)}, ` +
      `timers ${row(looks, ({ timers }) => timers)}`;
    const [warm, last] = [looks[0]!, looks.at(-1)!];
    const isFlat = last.memory.heap - warm.memory.heap <= HEAP_LIMIT &&
      last.files <= warm.files && last.timers <= warm.timers;
    check(isFlat, `not flat: ${figures}`);
    return figures;
  },
};

/** Rolls out a Deployment twice, runs a Job, deletes both; nothing stays. */
async function runRound(client: Client, round: number): Promise<void> {
  const name = `round-${round}`;
  const labels = { app: name };
  const template = (image: string, command?: string[]) => ({
    metadata: { labels },
    spec: {
      restartPolicy: command === undefined ? "Always" : "Never",
      containers: [{ name: "main", image, command }],
    },
  });
  const deployments = new Api(Deployment, { client });
  await deployments.create({
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: template("one"),
    },
  });
  await deployments.waitFor(name, isRolledOut, LIMIT);
  await deployments.patch(name, { spec: { template: template("two") } });
  await deployments.waitFor(name, isRolledOut, LIMIT);
  const jobs = new Api(Job, { client });
  const command = ["true"];
  await jobs.create({
    metadata: { name },
    spec: { template: template("one", command) },
  });
  await jobs.waitFor(name, isComplete, LIMIT);
  const foreground = { propagationPolicy: "Foreground" } as const;
  await deployments.delete(name, foreground);
  await jobs.delete(name, foreground);
  await deployments.waitForDeletion(name, LIMIT);
  await jobs.waitForDeletion(name, LIMIT);
  for (const resource of [Pod, ReplicaSet]) {
    const { items } = await new Api(resource, { client }).list();
    check(items.length === 0, `${items.length} ${resource.plural} are left`);
  }
}
