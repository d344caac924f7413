import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Bytes } from "../../../../src/bytes.ts";
import { ConnectError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { closedPort, startByteServer } from "../../../support/byte_server.ts";
import { startConnectProxy } from "../../../support/connect_proxy.ts";
import type { Proxy } from "../../../support/proxy_listener.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { macrotask, rejection } from "../../../support/async.ts";
import { startSocksProxy } from "../../../support/socks_proxy.ts";
import {
  nestsTls,
  sharedCertificates,
  type TransportFixture,
  withServer,
} from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

/** Proxies that open no tunnel; each case for HTTP and for an upgrade. */
export function proxyRefusalCases({ name, make }: TransportSubject): void {
  if (!make().capabilities.tls) return;

  const refused = async (
    fixture: TransportFixture,
    proxy: URL,
    code: string,
  ): Promise<string> => {
    const transport = make();
    const error = await rejection(
      transport.request(fixture.http({ proxy })),
      ConnectError,
    );
    const another = await rejection(
      transport.connect(fixture.upgrade({ proxy })),
      ConnectError,
    );
    assertEquals([error.code, another.code], [code, code]);
    assertEquals(error.message, another.message);
    assertHidden([error, another], [
      "t0psecret",
      btoa("user:t0psecret"),
    ]);
    return error.message;
  };

  const closing = async (
    starting: Promise<Proxy>,
    body: (fixture: TransportFixture, url: URL) => Promise<void>,
  ): Promise<void> => {
    const proxy = await starting;
    await withServer(
      "tls",
      () => {},
      (fixture) => body(fixture, new URL(proxy.url)),
    );
    await proxy.close();
    await macrotask();
  };

  for (const start of [startConnectProxy, startSocksProxy]) {
    const kind = start === startConnectProxy ? "http" : "socks5";
    for (const given of ["t0psecret", null]) {
      const what = given ? "refused the credentials" : "requires credentials";
      test(`${name}: a ${kind}: proxy that ${what} is PROXY_AUTH`, async () => {
        const proxy = start({ credentials: "user:password" });
        await closing(proxy, async (fixture, url) => {
          if (given) url.username = "user";
          if (given) url.password = given;
          const message = await refused(fixture, url, "PROXY_AUTH");
          assert(message.includes(what), message);
        });
      });
    }
  }

  test(`${name}: a proxy that refuses otherwise is PROXY_FAILED`, async () => {
    await closing(startConnectProxy({ refuse: 502 }), async (fixture, url) => {
      url.username = "user";
      url.password = "t0psecret";
      const message = await refused(fixture, url, "PROXY_FAILED");
      assert(message.includes("502"), message);
    });
  });

  for (const scheme of ["http", "socks5"]) {
    for (const answer of ["hello\r\n", ""]) {
      const what = answer === "" ? "hangs up" : "speaks something else";
      test(`${name}: a ${scheme}: proxy that ${what} is PROXY_FAILED`, async () => {
        const server = await startByteServer((socket) => {
          // Not before the request: a write to a closed socket is an error.
          socket.once("data", () => socket.end(answer));
        });
        await withServer("plain", () => {}, async (fixture) => {
          const proxy = new URL(`${scheme}://127.0.0.1:${server.port}`);
          await refused(fixture, proxy, "PROXY_FAILED");
        });
        await server.close();
        await macrotask();
      });
    }
  }

  test(`${name}: an unreachable proxy is reported with its address`, async () => {
    const port = await closedPort();
    await withServer("plain", () => {}, async (fixture) => {
      for (const scheme of ["http", "https", "socks5"]) {
        const proxy = new URL(`${scheme}://user:t0psecret@127.0.0.1:${port}`);
        const message = await refused(fixture, proxy, "ECONNREFUSED");
        assert(message.includes(`proxy 127.0.0.1:${port}`), message);
      }
    });
  });

  test(`${name}: a proxy over TLS is not trusted with the server's name`, async () => {
    const { authority } = await sharedCertificates();
    const tls = await authority.issueServer({ names: ["kube.internal"] });
    await closing(startConnectProxy({ tls }), async (fixture, proxy) => {
      const port = proxy.port;
      const attempt = make().request(fixture.http({
        proxy,
        url: new URL(`http://kube.internal:${fixture.server.port}/`),
        tls: { ...fixture.tls, serverName: "kube.internal" },
      }));
      const error = await rejection(attempt, ConnectError);
      assertEquals(error.code, "CERT_NAME");
      assert(error.message.includes(`proxy 127.0.0.1:${port}`), error.message);
    });
  });

  test(`${name}: a proxy's certificate is expired, or not for servers`, async () => {
    const { authority } = await sharedCertificates();
    const names = ["127.0.0.1"];
    for (
      const [tls, code, hint] of [
        [
          await authority.issueServer({ names, expired: true }),
          "CERT_EXPIRED",
          "clock",
        ],
        [
          await authority.issueClient({ user: "127.0.0.1" }),
          "CERT_UNTRUSTED",
          "server authentication",
        ],
      ] as const
    ) {
      await closing(startConnectProxy({ tls }), async (fixture, proxy) => {
        const error = await rejection(
          make().request(fixture.http({
            proxy,
            url: new URL(`http://127.0.0.1:${fixture.server.port}/`),
            tls: { certificateAuthority: authority.certificate },
          })),
          ConnectError,
        );
        assertEquals(error.code, code);
        const where = `proxy 127.0.0.1:${proxy.port}`;
        assert(error.message.includes(where), error.message);
        assert(error.message.includes(hint), error.message);
      });
    }
  });

  // The `node:tls` of Deno before 2.7 cannot break off a handshake either.
  for (const scheme of ["http", "socks5", ...(nestsTls ? ["https"] : [])]) {
    test(`${name}: a signal ends the wait for a silent ${scheme}: proxy`, async () => {
      const accepted = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      const server = await startByteServer((socket) => {
        socket.once("data", (_: Bytes) => accepted.resolve());
        socket.once("close", () => gone.resolve());
      });
      await withServer("plain", () => {}, async (fixture) => {
        const controller = new AbortController();
        const reason = new Error("enough");
        const failure = rejection(
          make().connect(fixture.upgrade({
            proxy: new URL(`${scheme}://127.0.0.1:${server.port}`),
            signal: controller.signal,
          })),
        );
        await accepted.promise;
        controller.abort(reason);
        assertStrictEquals(await failure, reason);
        await gone.promise;
      });
      await server.close();
      await macrotask();
    });
  }
}
