// HTTP servers in pods, each for this machine and, as a script, for a pod of a
// real cluster.
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { PortPeer } from "../backends/port_peer.ts";
import type { ByteServer } from "./byte_server.ts";
import { readBytes } from "./port_peers.ts";
import { Sockets } from "./sockets.ts";

/**
 * An HTTP server. Its script has read the head of the request: `$method`,
 * `$target` and `header NAME`; `body` writes the body, and `answer` writes the
 * lines of a head. The end of the script is the end of the connection.
 */
export function httpPeer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  script: string,
  more: Omit<PortPeer, "start" | "script"> = {},
): PortPeer {
  return {
    start: () => startHttpServer(handle),
    script: httpScript(script),
    ...more,
  };
}

async function startHttpServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ByteServer> {
  const server = createServer(handle);
  const sockets = new Sockets();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: "127.0.0.1" }, resolve)
  );
  const { port } = server.address() as AddressInfo;
  return { port, close: () => sockets.close(server as never) };
}

/** A script that reads the head of a request, and then goes on. */
export function httpScript(script: string): string {
  return `${PRELUDE}\n${script}`;
}

const PRELUDE = `
cr=$(printf '\\r')
read -r method target version
while read -r line; line=\${line%$cr}; [ -n "$line" ]; do
  head="$head$line
"
done
header() { printf %s "$head" | grep -i "^$1:" | sed 's/^[^:]*: *//'; }
block() { [ "$1" = 0 ] || ${readBytes('"$1"')}; }
body() {
  length=$(header content-length)
  [ -z "$length" ] || { block "$length"; return; }
  [ "$(header transfer-encoding)" = chunked ] || return 0
  while read -r size; size=$((0x\${size%$cr})); block "$size"; read -r line
    [ "$size" != 0 ]; do :; done
}
answer() { printf '%s\\r\\n' "$@" ''; }
`;

/** Everything that a request's body has. */
export async function bodyOf(
  request: IncomingMessage,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const { headers } = request;
  // Deno 2.5 waits for the end of a body that is not there.
  const hasBody = "content-length" in headers || "transfer-encoding" in headers;
  if (!hasBody) return new Uint8Array();
  for await (const chunk of request) chunks.push(chunk);
  return new Uint8Array(await new Blob(chunks as never).arrayBuffer());
}
