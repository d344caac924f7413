// Servers that are not what the client expects.
import { assert, assertEquals } from "@std/assert";
import { createServer, type TlsOptions as ServerOptions } from "node:tls";
import type { AddressInfo } from "node:net";
import { isModernBun, isModernDeno } from "../../../src/platform/runtime.ts";
import { ConnectError, HandshakeError } from "../../../src/errors.ts";
import type { TlsOptions } from "../../../src/transport/transport.ts";
import {
  type Certificates,
  sharedCertificates,
} from "../../conformance/transport/fixtures.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { runtime, test } from "../../harness.ts";
import { startByteServer } from "../../support/byte_server.ts";
import {
  missingOpenssl,
  withOpensslServer,
} from "../../support/openssl_server.ts";
import { macrotask, rejection } from "../../support/async.ts";
import { Sockets } from "../../support/sockets.ts";

/** The modes that TLS takes in this package, each by its options. */
const CLIENTS: Readonly<Record<string, (all: Certificates) => TlsOptions>> = {
  "verified": ({ authority }) => trust(authority),
  "with a client certificate": ({ authority, client }) => ({
    ...trust(authority),
    ...identity(client),
  }),
  "with one and by name": ({ authority, client }) => ({
    ...trust(authority),
    ...identity(client),
    serverName: "kube.internal",
  }),
  "unverified": () => ({ insecureSkipTlsVerify: true }),
};

const ALPN = "ALPN";
const IDENTITY = "set clientCertificate and clientKey";

interface ServerCase {
  readonly title: string;
  /** The options of `node:tls` and of `openssl s_server`. */
  readonly server: ServerOptions;
  readonly args: readonly string[];
  /** Part of the hint in the message; null if the server answers. */
  readonly hint: (tls: TlsOptions) => string | null;
}

const CASES: readonly ServerCase[] = [
  {
    title: "a server of TLS 1.2 answers",
    server: { maxVersion: "TLSv1.2" },
    args: ["-tls1_2"],
    hint: () => null,
  },
  {
    title: "a server of TLS 1.3 answers",
    server: { minVersion: "TLSv1.3" },
    args: ["-tls1_3"],
    hint: () => null,
  },
  {
    title: "a server that demands a client certificate",
    server: { requestCert: true, rejectUnauthorized: true },
    args: ["-Verify", "1", "-verify_return_error"],
    hint: (tls) => tls.clientCertificate ? null : IDENTITY,
  },
  {
    title: "a server of HTTP/2 alone",
    server: { ALPNProtocols: ["h2"] },
    args: ["-alpn", "h2"],
    hint: () => ALPN,
  },
];

/** What a server may send instead of its hello, and the end of the error. */
const ENDINGS: readonly (readonly [string, number[], string, string])[] = [
  ["a FIN", [], "ECONNRESET", IDENTITY],
  ["close_notify", alert(1, 0), "ECONNRESET", IDENTITY],
  ["bad_certificate", alert(2, 42), "TLS_FAILED", IDENTITY],
  ["internal_error", alert(2, 80), "TLS_FAILED", "the TLS handshake failed"],
  ["unrecognized_name", alert(2, 112), "TLS_FAILED", "that the server knows"],
];

/** A record with an alert (RFC 8446, 5.1 and 6). */
function alert(level: number, description: number): number[] {
  return [0x15, 3, 3, 0, 2, level, description];
}

/** The servers of other versions ignore such options. */
const serversTakeOptions = runtime === "node" ||
  (runtime === "deno" ? isModernDeno() : isModernBun());

for (const [mode, options] of Object.entries(CLIENTS)) {
  for (const { title, server, args, hint } of CASES) {
    const judge = async (tls: TlsOptions, port: number): Promise<void> => {
      const advice = hint(tls);
      if (advice === null) return assertEquals(await ask(tls, port), 200);
      const error = await rejection(ask(tls, port), ConnectError);
      // The connection may end before the alert is read; Bun 1.3 never reads it.
      assert(["TLS_FAILED", "ECONNRESET"].includes(error.code), error.code);
      if (error.code === "ECONNRESET" && advice === ALPN) return;
      assert(error.message.includes(advice), error.message);
    };

    if (serversTakeOptions) {
      test(`${title}, ${mode}`, async () => {
        const certificates = await sharedCertificates();
        await withTlsServer(
          certificates,
          server,
          (port) => judge(options(certificates), port),
        );
      });
    }

    test(`${title}, ${mode}, by openssl`, async () => {
      const certificates = await sharedCertificates();
      const { server: pair, authority } = certificates;
      await withOpensslServer(
        pair,
        authority.certificate,
        args,
        (port) => judge(options(certificates), port),
      );
    }, { skip: missingOpenssl, crossCheck: true });
  }

  test(`a server of TLS 1.1 is refused, ${mode}, by openssl`, async () => {
    const certificates = await sharedCertificates();
    const { server: pair, authority } = certificates;
    const args = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"];
    const certificate = authority.certificate;
    await withOpensslServer(pair, certificate, args, async (port) => {
      const attempt = ask(options(certificates), port);
      assertEquals((await rejection(attempt, ConnectError)).code, "TLS_FAILED");
    });
  }, { skip: missingOpenssl, crossCheck: true });

  test(`a server that ends the handshake, ${mode}`, async () => {
    const tls = options(await sharedCertificates());
    for (const [what, record, code, end] of ENDINGS) {
      if (tls.clientCertificate && end === IDENTITY) continue;
      const server = await startByteServer((socket) => {
        socket.once("data", () => socket.end(Uint8Array.from(record)));
      });
      const error = await rejection(ask(tls, server.port), ConnectError);
      assertEquals([what, error.code], [what, code]);
      assert(error.message.endsWith(end), `${what}: ${error.message}`);
      await server.close();
    }
    await macrotask();
  });

  test(`a server of plain HTTP at an https: URL, ${mode}`, async () => {
    const server = await startByteServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    const tls = options(await sharedCertificates());
    const error = await rejection(ask(tls, server.port), ConnectError);
    assertEquals(error.code, "TLS_FAILED");
    assert(error.message.endsWith("begin with http:"), error.message);
    await server.close();
    await macrotask();
  });
}

for (
  const [what, answer] of [
    ["alerts", Uint8Array.of(0x15, 3, 1, 0, 2, 2, 70)],
    ["hangs up", new Uint8Array()],
  ] as const
) {
  test(`a server of TLS at an http: URL that ${what}`, async () => {
    const server = await startByteServer((socket) => {
      socket.once("data", () => socket.end(answer));
    });
    const transport = runtimeTransport();
    const url = new URL(`http://127.0.0.1:${server.port}/`);
    for (
      const attempt of [
        () => transport.request({ ...request({}), url }),
        () => transport.connect({ ...request({}), url, protocols: ["v5"] }),
      ]
    ) {
      const error = await rejection(attempt(), ConnectError);
      assertEquals(error.code, "ECONNRESET");
      assert(error.message.endsWith("begin with https:"), error.message);
    }
    await server.close();
  });
}

test("a TLS server at an http: URL that answers in plain HTTP, as Go does", async () => {
  const server = await startByteServer((socket) => {
    socket.once("data", () => {
      socket.end(
        "HTTP/1.0 400 Bad Request\r\n\r\n" +
          "Client sent an HTTP request to an HTTPS server.\n",
      );
    });
  });
  const url = new URL(`http://127.0.0.1:${server.port}/`);
  const { httpStatus: status, hint } = await rejection(
    runtimeTransport().connect({ ...request({}), url, protocols: ["v5"] }),
    HandshakeError,
  );
  assertEquals(status, 400);
  assertEquals(
    hint,
    "the server speaks TLS at this port: its URL has to begin with https:",
  );
  await server.close();
});

/** The status that the server on the port answers with. */
async function ask(tls: TlsOptions, port: number): Promise<number> {
  const url = new URL(`https://127.0.0.1:${port}/`);
  const response = await runtimeTransport().request({ ...request(tls), url });
  await response.body.cancel();
  return response.status;
}

function request(tls: TlsOptions) {
  return {
    method: "GET",
    headers: {},
    body: null,
    tls,
    proxy: null,
    signal: new AbortController().signal,
  };
}

async function withTlsServer(
  { server: pair, authority }: Certificates,
  options: ServerOptions,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Sockets();
  const server = createServer({
    cert: pair.certificate,
    key: pair.key,
    ca: authority.certificate,
    ...options,
  }, (socket) => {
    sockets.add(socket);
    socket.once("data", () => {
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await body((server.address() as AddressInfo).port);
  await sockets.close(server);
  await macrotask();
}

function trust({ certificate }: Certificates["authority"]): TlsOptions {
  return { certificateAuthority: certificate };
}

function identity({ certificate, key }: Certificates["client"]): TlsOptions {
  return { clientCertificate: certificate, clientKey: key };
}
