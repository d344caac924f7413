import type { Contender, Take } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { concat } from "./bare.ts";
import { bareMessage, BareReader, bareUpgrade } from "./bare_frames.ts";

/** Deno's own TLS sockets with hand framing: its floor beside `node:https`. */
export function bareNative(plan: BenchPlan): Contender {
  const { hostname, port } = new URL(plan.server);
  const held: Deno.Conn[] = [];

  async function connect(
    command: readonly string[],
    stdin = false,
  ): Promise<Deno.Conn> {
    const tcp = await Deno.connect({ hostname, port: Number(port) });
    tcp.setNoDelay(true);
    const caCerts = [plan.authority];
    const conn = await Deno.startTls(tcp, { hostname, caCerts });
    const { path, headers } = bareUpgrade(command, stdin);
    const lines = Object.entries({ Host: hostname, ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`);
    const request = `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
    await writeAll(conn, new TextEncoder().encode(request));
    return conn;
  }

  async function download(
    command: readonly string[],
    take: Take,
  ): Promise<void> {
    await received(await connect(command), take);
  }

  return {
    download,
    async upload(command, next) {
      const conn = await connect(command, true);
      const done = received(conn, () => {});
      for (let chunk = next(); chunk !== null; chunk = next()) {
        await writeAll(conn, bareMessage(chunk));
      }
      await done;
    },
    run: (command) => download(command, () => {}),
    async collect(command) {
      const chunks: Uint8Array[] = [];
      await download(command, (chunk) => void chunks.push(chunk.slice()));
      return concat(chunks).byteLength;
    },
    async hold() {
      held.push(await connect(["idle"], true));
    },
    close() {
      for (const conn of held) conn.close();
      return Promise.resolve();
    },
  };
}

/** Resolves at the status. */
async function received(conn: Deno.Conn, take: Take): Promise<void> {
  const reader = new BareReader(take);
  const slab = new Uint8Array(64 * 1024);
  let answer = "";
  while (!reader.done) {
    const length = await conn.read(slab);
    if (length === null) throw new Error("closed without a status");
    let from = 0;
    if (!answer.endsWith("\r\n\r\n")) {
      answer += String.fromCharCode(...slab.subarray(0, length));
      from = answer.indexOf("\r\n\r\n") + 4;
      answer = answer.slice(0, from);
    }
    const taken = reader.feed(slab.subarray(from, length));
    if (taken) await taken;
  }
  conn.close();
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    at += await conn.write(bytes.subarray(at));
  }
}
