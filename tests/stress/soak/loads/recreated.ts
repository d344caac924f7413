import {
  Api,
  type Client,
  createClient,
  isRolledOut,
  type LogNotAvailableError,
  Pod,
  StatefulSet,
} from "../../../../mod.ts";
import { startCluster } from "../../../../src/testing/mod.ts";
import { delay } from "../../../support/async.ts";
import { check, type Load } from "../load.ts";
import { row, type Sample, takeSample } from "../sample.ts";
import { countTimers } from "../timers.ts";

/** How many sessions of the plan make one round, which replaces all pods. */
const ROUND = 100;
const REPLICAS = 3;
/** How many lines a pod writes, each with the pod's own word and its number. */
const LINES = 20;
/** After so many lines the reader pauses, for so many milliseconds. */
const PAUSE = { after: 150, time: 400 };
/** How many MiB the heap may grow after the warm-up. */
const HEAP_LIMIT = 8;
/** How many connections may be open, those that are kept included. */
const CONNECTIONS = 50;
const LIMIT = { timeout: 30_000 };

const SCRIPT = "read word < /proc/sys/kernel/random/uuid; i=0; " +
  `while [ $i -lt ${LINES} ]; do i=$((i+1)); echo $word $i; done; sleep 600`;

/**
 * The followed logs of a StatefulSet whose pods are deleted and created again
 * under their names all the time, read slowly: every line once, in its order,
 * and none lost without a word.
 */
export const recreated: Load = {
  name: "recreated",
  backend: "embedded",
  skipReason: (_backend, transport) =>
    transport === "web" ? "it opens no sessions" : undefined,
  async run({ plan }) {
    const rounds = Math.ceil(plan.sessions / ROUND);
    const cluster = await startCluster({ tls: false, startupDelay: 0 });
    const client = await createClient(cluster.clientOptions());
    const looks: Sample[] = [];
    const connections: number[] = [];
    const timers = countTimers();
    const begun = performance.now();
    try {
      await createSet(client);
      const reader = new Reader(client);
      let done = 0;
      for (const part of [0.2, 0.6, 1]) {
        for (; done < rounds * part; done++) await replaceAll(client);
        await reader.until(REPLICAS * (done + 1));
        cluster.compact();
        looks.push(await takeSample(timers, looks[0]));
        connections.push(cluster.connections);
      }
      await reader.close();
      const figures = `${rounds} rounds, ` +
        `${((performance.now() - begun) / rounds).toFixed(0)} ms each; ` +
        `${reader.lost} of ${REPLICAS * (rounds + 1)} logs told as lost; ` +
        `heap ${row(looks, ({ memory }) => memory.heap)} MiB, ` +
        `connections ${connections.join(", ")}, open files ${
          row(looks, ({ files }) => files)
        }, ` +
        `timers ${row(looks, ({ timers }) => timers)}`;
      const [warm, last] = [looks[0]!, looks.at(-1)!];
      const isFlat = last.memory.heap - warm.memory.heap <= HEAP_LIMIT &&
        connections.every((count) => count <= CONNECTIONS);
      check(isFlat, `not flat: ${figures}`);
      return figures;
    } finally {
      timers.stop();
      await client.close();
      await cluster.close();
    }
  },
};

/** Reads the logs, and checks each line. */
class Reader {
  /** How many logs were told as lost. */
  lost = 0;
  readonly #stop = new AbortController();
  /** How many lines came, by the word of each pod. */
  readonly #counts = new Map<string, number>();
  readonly #reading: Promise<void>;
  #whole = 0;
  #failure: unknown = null;

  constructor(client: Client) {
    this.#reading = this.#read(new Api(Pod, { client }));
    this.#reading.catch((error) => this.#failure = error);
  }

  /** Waits until so many logs were read, or told as lost. */
  async until(count: number): Promise<void> {
    const begun = performance.now();
    while (this.#whole + this.lost < count) {
      if (this.#failure !== null) throw this.#failure;
      const got = `${this.#whole} logs were read, and ${this.lost} lost`;
      check(performance.now() - begun < 60_000, `${got} of ${count}`);
      await delay(10);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#reading.catch((error) => {
      if (!this.#stop.signal.aborted || error !== this.#stop.signal.reason) {
        throw error;
      }
    });
  }

  async #read(pods: Api<typeof Pod>): Promise<void> {
    let lines = 0;
    const all = pods.logs.all("statefulset/db", {
      follow: true,
      signal: this.#stop.signal,
      onError: (error) => {
        const { reason } = error as LogNotAvailableError;
        if (reason !== "Lost") throw error;
        this.lost++;
      },
    });
    for await (const { pod, line } of all) {
      const [word = "", number] = line.split(" ");
      const count = (this.#counts.get(word) ?? 0) + 1;
      check(Number(number) === count, `${pod}: line ${number}, not ${count}`);
      this.#counts.set(word, count);
      if (count === LINES) this.#whole++;
      if (++lines % PAUSE.after === 0) await delay(PAUSE.time);
    }
  }
}

async function createSet(client: Client): Promise<void> {
  const labels = { app: "db" };
  const sets = new Api(StatefulSet, { client });
  await sets.create({
    metadata: { name: "db" },
    spec: {
      replicas: REPLICAS,
      serviceName: "db",
      podManagementPolicy: "Parallel",
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: "main", image: "busybox", command: ["sh", "-c", SCRIPT] },
          ],
        },
      },
    },
  });
  await sets.waitFor("db", isRolledOut, LIMIT);
}

/** Deletes every pod once it has written its lines, and waits for the next. */
async function replaceAll(client: Client): Promise<void> {
  const pods = new Api(Pod, { client });
  await Promise.all(
    Array.from({ length: REPLICAS }, async (_, index) => {
      const name = `db-${index}`;
      for await (const line of pods.logs.lines(name, { follow: true })) {
        if (line.endsWith(` ${LINES}`)) break;
      }
      const { metadata: { uid } } = await pods.get(name);
      await pods.delete(name);
      await pods.waitForDeletion(name, { ...LIMIT, uid: uid! });
      await pods.waitFor(
        name,
        (pod) => pod?.status?.phase === "Running",
        LIMIT,
      );
    }),
  );
}
