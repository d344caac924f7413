import type { Buffer } from "node:buffer";
import { once } from "node:events";
import https from "node:https";
import type { Socket } from "node:net";
import { concatBytes } from "../../../src/bytes.ts";
import type { Contender, ListedPod, Take } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { bareMessage, BareReader, bareUpgrade } from "./bare_frames.ts";

/** The runtime's `node:https` with minimal framing: the baseline. */
export function bare(plan: BenchPlan): Contender {
  const { hostname, port } = new URL(plan.server);
  const held: Socket[] = [];
  const agent = new https.Agent({ ca: plan.authority, keepAlive: true });

  function getJson<Value>(path: string): Promise<Value> {
    return new Promise((resolve, reject) => {
      const headers = { Authorization: "Bearer bench" };
      https.get({ hostname, port, path, headers, agent }, (response) => {
        const chunks: Uint8Array[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = new TextDecoder().decode(concatBytes(chunks));
          resolve(JSON.parse(text));
        });
      }).on("error", reject);
    });
  }

  function connect(
    command: readonly string[],
    stdin = false,
  ): Promise<{ socket: Socket; head: Buffer }> {
    return new Promise((resolve, reject) => {
      const { path, headers } = bareUpgrade(command, stdin);
      const ca = plan.authority;
      https.request({ hostname, port, path, headers, ca, agent: false })
        .on("upgrade", (_, socket, head) => resolve({ socket, head }))
        .on("error", reject)
        .end();
    });
  }

  async function download(
    command: readonly string[],
    take: Take,
  ): Promise<void> {
    const { socket, head } = await connect(command);
    await received(socket, head, take);
  }

  return {
    download,
    async upload(command, next) {
      const { socket, head } = await connect(command, true);
      const done = received(socket, head, () => {});
      for (let chunk = next(); chunk !== null; chunk = next()) {
        if (!socket.write(bareMessage(chunk))) await once(socket, "drain");
      }
      await done;
    },
    run: (command) => download(command, () => {}),
    async collect(command) {
      const chunks: Uint8Array[] = [];
      await download(command, (chunk) => void chunks.push(chunk));
      return concatBytes(chunks).byteLength;
    },
    get: (namespace, name) => getJson(`${podsPath(namespace)}/${name}`),
    async list(namespace) {
      const list = await getJson<{ items: ListedPod[] }>(podsPath(namespace));
      return list.items;
    },
    async hold() {
      const { socket } = await connect(["idle"], true);
      socket.on("error", () => {});
      held.push(socket);
    },
    close() {
      for (const socket of held) socket.destroy();
      agent.destroy();
      return Promise.resolve();
    },
  };
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

/** Resolves at the status. */
function received(socket: Socket, head: Buffer, take: Take): Promise<void> {
  const reader = new BareReader(take);
  return new Promise((resolve, reject) => {
    const feed = (chunk: Uint8Array): void => {
      const taken = reader.feed(chunk);
      if (taken) {
        socket.pause();
        taken.then(() => socket.resume());
      }
      if (!reader.done) return;
      socket.destroy();
      resolve();
    };
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("closed without a status")));
    if (head.length > 0) feed(head);
    socket.on("data", feed);
  });
}
