import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import type { Contender, ListedPod, Take } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";

/** As much of it as is used here. */
export interface KubeConfig {
  createDispatcher(): unknown;
  loadFromOptions(options: unknown): void;
  makeApiClient(api: unknown): CoreV1Api;
}

/** As much of the package as is used here. */
interface ClientNode {
  readonly KubeConfig: new () => KubeConfig;
  readonly CoreV1Api: unknown;
  readonly Exec: new (config: unknown) => {
    exec(
      namespace: string,
      pod: string,
      container: string,
      command: readonly string[],
      stdout: Writable | null,
      stderr: Writable | null,
      stdin: Readable | null,
      tty: boolean,
      onStatus: (status: { status: string }) => void,
    ): Promise<{ close(): void; terminate(): void }>;
  };
}

interface CoreV1Api {
  readNamespacedPod(
    options: { name: string; namespace: string },
  ): Promise<ListedPod>;
  listNamespacedPod(
    options: { namespace: string },
  ): Promise<{ items: readonly ListedPod[] }>;
}

/** `@kubernetes/client-node`, on Node. */
export function clientNode(plan: BenchPlan): Promise<Contender> {
  return openClientNode(plan);
}

/**
 * The same with one undici `Agent` for all requests, which keeps connections.
 * By itself client-node 2.0 makes an Agent, and so a connection, per request.
 */
export async function clientNodeKept(plan: BenchPlan): Promise<Contender> {
  const require = createRequire(pathToFileURL(`${plan.peers}/package.json`));
  const undici = await import(pathToFileURL(require.resolve("undici")).href);
  const agent = new undici.Agent({ connect: { ca: plan.authority } });
  const contender = await openClientNode(plan, agent);
  return {
    ...contender,
    async close() {
      await contender.close();
      await agent.destroy();
    },
  };
}

/** Loads the package, and its configuration for the server of the plan. */
export async function loadClientNode(
  plan: BenchPlan,
): Promise<{ library: ClientNode; config: KubeConfig }> {
  const require = createRequire(pathToFileURL(`${plan.peers}/package.json`));
  const library: ClientNode = await import(
    pathToFileURL(require.resolve("@kubernetes/client-node")).href
  );
  const config = new library.KubeConfig();
  config.loadFromOptions({
    clusters: [{
      name: "bench",
      server: plan.server,
      caData: Buffer.from(plan.authority).toString("base64"),
    }],
    users: [{ name: "bench", token: plan.token }],
    contexts: [{ name: "bench", cluster: "bench", user: "bench" }],
    currentContext: "bench",
  });
  return { library, config };
}

async function openClientNode(
  plan: BenchPlan,
  agent?: unknown,
): Promise<Contender> {
  const { library, config } = await loadClientNode(plan);
  const { CoreV1Api, Exec } = library;
  if (agent) config.createDispatcher = () => agent;
  const exec = new Exec(config);
  const core = config.makeApiClient(CoreV1Api);
  const held: { terminate(): void }[] = [];

  async function run(
    command: readonly string[],
    take: Take | null,
    stdin: Readable | null = null,
  ): Promise<void> {
    const stdout = take && new Writable({
      write(chunk, _encoding, done) {
        const taken = take(chunk);
        if (taken) taken.then(() => done());
        else done();
      },
    });
    const read = Promise.withResolvers<void>();
    if (stdout) stdout.on("finish", read.resolve);
    else read.resolve();
    await new Promise<void>((resolve, reject) => {
      exec.exec(
        "default",
        "bench",
        "main",
        command,
        stdout,
        null,
        stdin,
        false,
        ({ status }) => status === "Success" ? resolve() : reject(status),
      ).catch(reject);
    });
    await read.promise;
  }

  return {
    download: run,
    upload: (command, next) => {
      const stdin = new Readable({
        read() {
          const chunk = next();
          this.push(chunk && Buffer.from(chunk.buffer, 0, chunk.byteLength));
        },
      });
      return run(command, () => {}, stdin);
    },
    run: (command) => run(command, () => {}),
    async collect(command) {
      const chunks: Buffer[] = [];
      await run(command, (chunk) => void chunks.push(chunk as Buffer));
      return Buffer.concat(chunks).byteLength;
    },
    get: (namespace, name) => core.readNamespacedPod({ name, namespace }),
    list: async (namespace) =>
      (await core.listNamespacedPod({ namespace })).items,
    async hold() {
      const stdin = new Readable({ read() {} });
      const socket = await exec.exec(
        "default",
        "bench",
        "main",
        ["idle"],
        new Writable(),
        null,
        stdin,
        false,
        () => {},
      );
      held.push(socket);
    },
    close() {
      for (const socket of held) socket.terminate();
      return Promise.resolve();
    },
  };
}
