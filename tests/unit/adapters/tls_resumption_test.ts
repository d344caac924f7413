import { assert, assertEquals } from "@std/assert";
import type { AddressInfo } from "node:net";
import { createServer, TLSSocket } from "node:tls";
import { bunTransport } from "../../../src/adapters/bun/mod.ts";
import { nodeTransport } from "../../../src/adapters/node/mod.ts";
import { isModernBun } from "../../../src/platform/runtime.ts";
import { sharedCertificates } from "../../conformance/transport/fixtures.ts";
import { runtime, test } from "../../harness.ts";
import type { ConnectError } from "../../../src/errors.ts";
import type { TlsOptions } from "../../../src/transport/transport.ts";
import { rejection } from "../../support/async.ts";
import { textOf } from "../../support/bytes.ts";
import { Sockets } from "../../support/sockets.ts";

/** A server whose response says whether the session was resumed. */
async function startServer(): Promise<
  { port: number; close: () => Promise<void> }
> {
  const { server: pair } = await sharedCertificates();
  const sockets = new Sockets();
  const server = createServer(
    { cert: pair.certificate, key: pair.key },
    (socket) => {
      sockets.add(socket);
      const reused = socket.isSessionReused();
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${reused}`);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => sockets.close(server) };
}

// Deno never resumes, Bun since 1.4.
if (runtime === "node" || runtime === "bun" && isModernBun()) {
  test("a second connection with the same options resumes the session", async () => {
    const { port, close } = await startServer();
    const { authority } = await sharedCertificates();
    const tls = { certificateAuthority: authority.certificate };
    const isResumed = resumption(port);
    assertEquals(await isResumed(tls), false);
    assertEquals(await isResumed(tls), true);
    assertEquals(await isResumed({ ...tls }), false);
    await close();
  });

  test("the certificate of a resumed session is not read again", async () => {
    const { port, close } = await startServer();
    const { authority } = await sharedCertificates();
    const tls = { certificateAuthority: authority.certificate };
    const isResumed = resumption(port);
    const { getPeerCertificate } = TLSSocket.prototype;
    let reads = 0;
    const counted = function (this: TLSSocket, detailed?: boolean) {
      reads++;
      return getPeerCertificate.call(this, detailed as true);
    };
    Object.assign(TLSSocket.prototype, { getPeerCertificate: counted });
    try {
      await isResumed(tls);
      const first = reads;
      assertEquals(await isResumed(tls), true);
      assertEquals(reads, first);
      assert(first > 0);
    } finally {
      Object.assign(TLSSocket.prototype, { getPeerCertificate });
    }
    await close();
  });

  test("a server of another name is refused each time", async () => {
    const { port, close } = await startServer();
    const { authority } = await sharedCertificates();
    const tls = {
      certificateAuthority: authority.certificate,
      serverName: "other.internal",
    };
    const isResumed = resumption(port);
    for (let time = 0; time < 3; time++) {
      const { code } = await rejection<ConnectError>(isResumed(tls));
      assertEquals(code, "CERT_NAME");
    }
    await close();
  });
}

/** Connects once, and tells whether that resumed a session. */
function resumption(port: number): (tls: TlsOptions) => Promise<boolean> {
  const transport = runtime === "bun" ? bunTransport() : nodeTransport();
  return async (tls) => {
    const { body } = await transport.request({
      method: "GET",
      url: new URL(`https://127.0.0.1:${port}/`),
      headers: {},
      body: null,
      tls,
      proxy: null,
      signal: new AbortController().signal,
    });
    return await textOf(body) === "true";
  };
}
