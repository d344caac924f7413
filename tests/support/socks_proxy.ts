import { type Bytes, concatBytes, decodeText } from "../../src/bytes.ts";
import {
  listenForClients,
  type Proxy,
  type ProxyClient,
  type ProxyOptions,
} from "./proxy_listener.ts";

/** Starts a SOCKS 5 proxy for IPv4 addresses and host names. */
export function startSocksProxy(options: ProxyOptions = {}): Promise<Proxy> {
  const { credentials } = options;
  return listenForClients("socks5", options, (client) => {
    serve(client, credentials ?? null);
  });
}

async function serve(
  { socket, record: ask, tunnel }: ProxyClient,
  credentials: string | null,
): Promise<void> {
  const take = reader(socket);
  const [, count] = await take(2);
  const methods = await take(count!);
  const method = credentials === null ? 0 : 2;
  if (!methods.includes(method)) {
    return void socket.write(Uint8Array.of(5, 255));
  }
  socket.write(Uint8Array.of(5, method));
  if (credentials !== null) {
    await take(1);
    const user = decodeText(await take((await take(1))[0]!));
    const password = decodeText(await take((await take(1))[0]!));
    const known = `${user}:${password}` === credentials;
    socket.write(Uint8Array.of(1, known ? 0 : 1));
    if (!known) return;
  }
  const [, , , kind] = await take(4);
  const host = kind === 1
    ? (await take(4)).join(".")
    : decodeText(await take((await take(1))[0]!));
  const [high, low] = await take(2);
  const port = high! << 8 | low!;
  ask(`CONNECT ${host}:${port}`);
  tunnel(host, port, () => {
    socket.write(Uint8Array.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
  });
}

/** Reads exactly `length` bytes, and keeps the rest for the next call. */
function reader(
  socket: ProxyClient["socket"],
): (length: number) => Promise<Bytes> {
  let buffer: Bytes = new Uint8Array();
  return async (length) => {
    while (buffer.length < length) {
      buffer = concatBytes([buffer, await nextChunk(socket)]);
    }
    const taken = buffer.slice(0, length);
    buffer = buffer.slice(length);
    return taken;
  };
}

function nextChunk(socket: ProxyClient["socket"]): Promise<Uint8Array> {
  return new Promise((resolve) => {
    socket.once("data", (chunk: Uint8Array) => {
      socket.pause();
      resolve(chunk);
    });
    socket.resume();
  });
}
