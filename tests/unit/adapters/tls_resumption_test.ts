import { assert, assertEquals } from "@std/assert";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { nodeTransport } from "../../../src/adapters/node/mod.ts";
import { sharedCertificates } from "../../conformance/transport/fixtures.ts";
import { runtime, test } from "../../harness.ts";
import { textOf } from "../../support/bytes.ts";
import { Sockets } from "../../support/sockets.ts";

// Bun resumes since 1.4, Deno never does.
if (runtime === "node") {
  test("a second connection with the same options resumes the session", async () => {
    const { authority, server: pair } = await sharedCertificates();
    const sockets = new Sockets();
    const server = createServer(
      { cert: pair.certificate, key: pair.key },
      (socket) => {
        sockets.add(socket);
        const reused = socket.isSessionReused();
        socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${reused}`);
      },
    );
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve)
    );
    const { port } = server.address() as AddressInfo;
    const transport = nodeTransport();
    const tls = { certificateAuthority: authority.certificate };
    const ask = async (options: typeof tls): Promise<string> => {
      const { body } = await transport.request({
        method: "GET",
        url: new URL(`https://127.0.0.1:${port}/`),
        headers: {},
        body: null,
        tls: options,
        proxy: null,
        signal: new AbortController().signal,
      });
      return await textOf(body);
    };
    assertEquals(await ask(tls), "false");
    assertEquals(await ask(tls), "true");
    assertEquals(await ask({ ...tls }), "false");
    assert(server.listening);
    await sockets.close(server);
  });
}
