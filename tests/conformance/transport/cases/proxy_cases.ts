import { assertEquals } from "@std/assert";
import { ConfigurationError, ConnectError } from "../../../../src/errors.ts";
import type { PemPair } from "../../../../src/testing/certificates/certificates.ts";
import { test } from "../../../harness.ts";
import { pattern, textOf } from "../../../support/bytes.ts";
import { startConnectProxy } from "../../../support/connect_proxy.ts";
import type { Proxy } from "../../../support/proxy_listener.ts";
import { macrotask, rejection } from "../../../support/async.ts";
import { startSocksProxy } from "../../../support/socks_proxy.ts";
import { Recorder } from "../recorder.ts";
import {
  nestsTls,
  sharedCertificates,
  type TlsMode,
  type TransportFixture,
  withServer,
} from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

const TLS_MODES: readonly TlsMode[] = [
  "plain",
  "tls",
  "mtls by another name",
  "unverified",
];

const KINDS = { http: startConnectProxy, socks5: startSocksProxy } as const;

/** Connections through a proxy, for HTTP and for an upgrade. */
export function proxyCases({ name, make }: TransportSubject): void {
  if (!make().capabilities.tls) {
    test(`${name}: a proxy is refused before anything is sent`, async () => {
      await withServer("plain", () => {}, async (fixture) => {
        const transport = make();
        const proxy = new URL("http://127.0.0.1:1");
        for (
          const attempt of [
            transport.request(fixture.http({ proxy })),
            transport.connect(fixture.upgrade({ proxy })),
          ]
        ) await rejection(attempt, ConfigurationError);
        assertEquals(fixture.server.connections, 0);
      });
    });
    return;
  }

  const passes = async (
    fixture: TransportFixture,
    proxy: URL,
  ): Promise<void> => {
    const transport = make();
    const { body } = await transport.request(fixture.http({ proxy }));
    assertEquals(await textOf(body), "through");
    const connection = await transport.connect(fixture.upgrade({ proxy }));
    const recorder = Recorder.of(connection);
    connection.send([pattern(100_000)]);
    await recorder.until(() => recorder.messages.length === 1);
    assertEquals(recorder.messages[0], pattern(100_000));
    connection.close();
    await connection.released;
  };

  for (const mode of TLS_MODES) {
    for (const [kind, start] of Object.entries(KINDS)) {
      const title = `${name}, ${mode}: a ${kind}: proxy`;

      test(`${title} is passed through`, async () => {
        await withProxy(mode, start(), async (fixture, url, asked) => {
          await passes(fixture, url);
          const authority = `CONNECT 127.0.0.1:${fixture.server.port}`;
          assertEquals(asked, [authority, authority]);
        });
      });

      test(`${title} that wants credentials gets them`, async () => {
        const credentials = "us er:p@ss:wörd";
        await withProxy(mode, start({ credentials }), async (fixture, url) => {
          url.username = "us er";
          url.password = "p@ss:wörd";
          await passes(fixture, url);
        });
      });
    }

    test(`${name}, ${mode}: a proxy reached over TLS is passed through`, async () => {
      const { server: tls } = await sharedCertificates();
      await withProxy(
        mode,
        startConnectProxy({ tls }),
        async (fixture, url) => {
          if (mode !== "plain" && !nestsTls) {
            const attempt = make().request(fixture.http({ proxy: url }));
            await rejection(attempt, ConfigurationError);
          } else if (mode === "plain") {
            const attempt = make().request(fixture.http({ proxy: url }));
            const error = await rejection(attempt, ConnectError);
            assertEquals(error.code, "CERT_UNTRUSTED");
          } else await passes(fixture, url);
        },
      );
    });
  }

  test(`${name}: a server's name is the proxy's to look up`, async () => {
    for (const start of Object.values(KINDS)) {
      await withProxy("tls", start(), async (fixture, proxy, asked) => {
        const url = new URL(`https://podwire.invalid:${fixture.server.port}/`);
        const tls = { ...fixture.tls, serverName: "kube.internal" };
        await rejection(make().request(fixture.http({ proxy, url, tls })));
        assertEquals(asked, [`CONNECT ${url.host}`]);
      });
    }
  });

  test(`${name}: a server may be an IPv6 address`, async () => {
    const { authority } = await sharedCertificates();
    const certificate = await authority.issueServer({ names: ["::1"] });
    const proxy = startConnectProxy({ names: { "[::1]": "127.0.0.1" } });
    await withProxy("tls", proxy, async (fixture, proxy, asked) => {
      const url = new URL(`https://[::1]:${fixture.server.port}/`);
      const { body } = await make().request(fixture.http({ proxy, url }));
      assertEquals(await textOf(body), "through");
      assertEquals(asked, [`CONNECT ${url.host}`]);
    }, certificate);
  });

  for (const host of ["a-.internal", `${"a".repeat(64)}.internal`]) {
    test(`${name}: a host name that no certificate has is CERT_NAME, ${host.length} characters`, async () => {
      const proxy = startConnectProxy({ names: { [host]: "127.0.0.1" } });
      await withProxy("tls", proxy, async (fixture, proxy) => {
        const url = new URL(`https://${host}:${fixture.server.port}/`);
        const attempt = make().request(fixture.http({ proxy, url }));
        const error = await rejection(attempt, ConnectError);
        assertEquals(error.code, "CERT_NAME");
      });
    });
  }

  for (const secure of [false, true]) {
    const how = secure ? " over TLS" : "";
    test(`${name}: what comes${how} with the proxy's answer is not lost`, async () => {
      const { authority, server } = await sharedCertificates();
      const early = "HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy";
      const tls = secure ? server : undefined;
      const proxy = startConnectProxy({ tls, early });
      await withProxy("plain", proxy, async (fixture, url) => {
        const { status, body } = await make().request(fixture.http({
          proxy: url,
          tls: { certificateAuthority: authority.certificate },
        }));
        assertEquals(status, 503);
        assertEquals(await textOf(body), "busy");
      });
    });
  }

  test(`${name}: a certificate is verified through a proxy too`, async () => {
    for (const start of Object.values(KINDS)) {
      await withProxy(
        "mtls by another name",
        start(),
        async (fixture, proxy) => {
          const tls = { ...fixture.tls, serverName: "other.internal" };
          const attempt = make().connect(fixture.upgrade({ proxy, tls }));
          const error = await rejection(attempt, ConnectError);
          assertEquals(error.code, "CERT_NAME");
        },
      );
    }
  });
}

/** Runs `body` with a server that echoes, and a proxy to reach it by. */
async function withProxy(
  mode: TlsMode,
  starting: Promise<Proxy>,
  body: (
    fixture: TransportFixture,
    url: URL,
    asked: readonly string[],
  ) => Promise<void>,
  certificate?: PemPair,
): Promise<void> {
  const proxy = await starting;
  await withServer(
    mode,
    async (exchange) => {
      if (!exchange.wantsUpgrade) return exchange.respond(200, {}, "through");
      const socket = await exchange.upgrade();
      socket.open({ message: (message) => socket.send(message) });
    },
    (fixture) => body(fixture, new URL(proxy.url), proxy.requests),
    certificate,
  );
  await proxy.close();
  await macrotask();
}
