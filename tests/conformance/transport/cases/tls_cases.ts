import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ConfigurationError, ConnectError } from "../../../../src/errors.ts";
import { isModernDeno } from "../../../../src/platform/runtime.ts";
import { runtime, test } from "../../../harness.ts";
import { startByteServer } from "../../../support/byte_server.ts";
import { textOf } from "../../../support/bytes.ts";
import { rejection } from "../../../support/async.ts";
import { Recorder } from "../recorder.ts";
import { sharedCertificates, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";
import { TLS_CASES } from "./tls_table.ts";

/** Before Deno 2.7, its `node:tls` servers do not see client certificates. */
function serversSeeClients(): boolean {
  return runtime !== "deno" || isModernDeno();
}

/** Trust, names and client certificates; each case for HTTP and for an upgrade. */
export function tlsCases({ name, make }: TransportSubject): void {
  for (const { title, server, client, expected } of TLS_CASES) {
    test(`${name}: ${title}`, async () => {
      const { authority } = await sharedCertificates();
      const tls = await client(authority);
      const certificate = await server?.(authority);
      await withServer("tls", async (exchange) => {
        const user = exchange.request.clientCertificate?.commonName ?? null;
        if (!exchange.wantsUpgrade) {
          return exchange.respond(200, {}, JSON.stringify({ user }));
        }
        const socket = await exchange.upgrade();
        socket.send(new TextEncoder().encode(JSON.stringify({ user })));
        socket.open({});
      }, async (fixture) => {
        const transport = make();
        const request = () => transport.request(fixture.http({ tls }));
        const connect = () => transport.connect(fixture.upgrade({ tls }));
        if (!transport.capabilities.tls && Object.keys(tls).length > 0) {
          await rejection(request(), ConfigurationError);
          await rejection(connect(), ConfigurationError);
        } else if (!("user" in expected)) {
          const error = await rejection(request(), ConnectError);
          const another = await rejection(connect(), ConnectError);
          if (!transport.capabilities.tls) return;
          const [code, hint] = expected;
          assertEquals([error.code, another.code], [code, code]);
          assertEquals(error.message, another.message);
          assert(error.message.startsWith("Cannot connect to 127.0.0.1:"));
          assert(error.message.includes(hint), error.message);
        } else {
          const visible = serversSeeClients() ? expected : { user: null };
          const { body } = await request();
          assertEquals(JSON.parse(await textOf(body)), visible);
          const connection = await connect();
          const recorder = Recorder.of(connection);
          await recorder.until(() => recorder.messages.length === 1);
          const message = new TextDecoder().decode(recorder.bytes);
          assertEquals(JSON.parse(message), visible);
          connection.close();
          await connection.released;
        }
      }, certificate);
    });
  }

  test(`${name}: a signal ends a TLS handshake with its reason`, async () => {
    const accepted = Promise.withResolvers<void>();
    const server = await startByteServer(() => accepted.resolve());
    await withServer("plain", () => {}, async (fixture) => {
      const { authority } = await sharedCertificates();
      const transport = make();
      const tls = transport.capabilities.tls
        ? { certificateAuthority: authority.certificate }
        : {};
      const controller = new AbortController();
      const reason = new Error("enough");
      const failure = rejection(transport.connect(fixture.upgrade({
        url: new URL(`https://127.0.0.1:${server.port}/`),
        tls,
        signal: controller.signal,
      })));
      await accepted.promise;
      controller.abort(reason);
      assertStrictEquals(await failure, reason);
    });
    await server.close();
  });
}
