// Floods its clients, from a process of its own: a client that blocks its event
// loop must not slow it down. Prints its port and authority, ends with its stdin.
import { concatBytes, encodeText } from "../../src/bytes.ts";
import { createCertificateAuthority } from "../../src/testing/certificates/certificates.ts";
import { startHttpServer } from "../../src/testing/server/http_server.ts";
import process from "node:process";

const CHUNK = encodeText("x".repeat(63) + "\n");
const FLOOD = concatBytes(Array(1024).fill(CHUNK));

const authority = await createCertificateAuthority();
const pair = await authority.issueServer({ names: ["127.0.0.1"] });
const server = await startHttpServer({
  tls: { certificate: pair.certificate, key: pair.key },
  async handle(exchange) {
    const { pathname } = exchange.request.url;
    if (pathname === "/ok") return exchange.respond(200, {}, "ok");
    let closed = false;
    exchange.closed.then(() => closed = true);
    if (exchange.wantsUpgrade) {
      const socket = await exchange.upgrade();
      socket.open({});
      if (pathname === "/sink") return;
      while (!closed) {
        if (!socket.send(FLOOD.subarray(0, 16 * 1024))) await socket.drained();
      }
    } else {
      const body = exchange.stream(200);
      while (!closed) if (!body.write(FLOOD)) await body.drained();
    }
  },
});
const { port } = new URL(server.url);
console.log(JSON.stringify({ port, authority: authority.certificate }));
process.stdin.on("end", () => process.exit());
process.stdin.resume();
