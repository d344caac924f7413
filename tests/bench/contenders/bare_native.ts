import { concatBytes } from "../../../src/bytes.ts";
import type { Contender, Take } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { bareMessage, BareReader, bareUpgrade } from "./bare_frames.ts";

/** An upgraded connection, and the bytes that followed the response. */
export interface NativeSocket {
  readonly conn: Deno.Conn;
  readonly early: Uint8Array;
}

/** Deno's native TLS sockets with minimal framing: the native baseline. */
export function bareNative(plan: BenchPlan): Contender {
  const held: Deno.Conn[] = [];

  async function download(
    command: readonly string[],
    take: Take,
  ): Promise<void> {
    await received(await openNative(plan, command), take);
  }

  return {
    download,
    async upload(command, next) {
      const socket = await openNative(plan, command, true);
      const done = received(socket, () => {});
      for (let chunk = next(); chunk !== null; chunk = next()) {
        await writeAll(socket.conn, bareMessage(chunk));
      }
      await done;
    },
    run: (command) => download(command, () => {}),
    async collect(command) {
      const chunks: Uint8Array[] = [];
      await download(command, (chunk) => void chunks.push(chunk.slice()));
      return concatBytes(chunks).byteLength;
    },
    async hold() {
      held.push((await openNative(plan, ["idle"], true)).conn);
    },
    close() {
      for (const conn of held) conn.close();
      return Promise.resolve();
    },
  };
}

/** Connects and upgrades. */
export async function openNative(
  plan: BenchPlan,
  command: readonly string[],
  stdin = false,
): Promise<NativeSocket> {
  const { hostname, port } = new URL(plan.server);
  const tcp = await Deno.connect({ hostname, port: Number(port) });
  tcp.setNoDelay(true);
  const caCerts = [plan.authority];
  const conn = await Deno.startTls(tcp, { hostname, caCerts });
  const { path, headers } = bareUpgrade(command, stdin);
  const lines = Object.entries({ Host: hostname, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  await writeAll(conn, new TextEncoder().encode(request));
  return { conn, early: await behindAnswer(conn) };
}

async function behindAnswer(conn: Deno.Conn): Promise<Uint8Array> {
  const slab = new Uint8Array(16 * 1024);
  let answer = "";
  for (;;) {
    const length = await readSome(conn, slab);
    const before = answer.length;
    answer += String.fromCharCode(...slab.subarray(0, length));
    const end = answer.indexOf("\r\n\r\n") + 4;
    if (end >= 4) return slab.slice(end - before, length);
  }
}

/** Resolves at the status. */
async function received(
  { conn, early }: NativeSocket,
  take: Take,
): Promise<void> {
  const reader = new BareReader(take);
  const slab = new Uint8Array(64 * 1024);
  let taken = reader.feed(early);
  while (!reader.done) {
    if (taken) await taken;
    const length = await readSome(conn, slab);
    taken = reader.feed(slab.subarray(0, length));
  }
  conn.close();
}

/** @throws {Error} The server closed. */
export async function readSome(
  conn: Deno.Conn,
  slab: Uint8Array,
): Promise<number> {
  const length = await conn.read(slab);
  if (length === null) throw new Error("closed without a status");
  return length;
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    at += await conn.write(bytes.subarray(at));
  }
}
