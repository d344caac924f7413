import type { Buffer } from "node:buffer";
import { once } from "node:events";
import https from "node:https";
import type { Socket } from "node:net";
import { concatBytes } from "../../../src/bytes.ts";
import type { Contender, Take } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { bareMessage, BareReader, bareUpgrade } from "./bare_frames.ts";

/** The runtime's `node:https` with minimal framing: the baseline. */
export function bare(plan: BenchPlan): Contender {
  const { hostname, port } = new URL(plan.server);
  const held: Socket[] = [];

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
    async hold() {
      const { socket } = await connect(["idle"], true);
      socket.on("error", () => {});
      held.push(socket);
    },
    close() {
      for (const socket of held) socket.destroy();
      return Promise.resolve();
    },
  };
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
