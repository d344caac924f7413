import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { isModernDeno } from "../../../src/adapters/deno_version.ts";
import { ConfigurationError, ConnectError } from "../../../src/errors.ts";
import { runtime, test } from "../../harness.ts";
import { closedPort, startByteServer } from "../../support/byte_server.ts";
import { pattern, textOf } from "../../support/bytes.ts";
import {
  type ConnectProxyOptions,
  startConnectProxy,
} from "../../support/connect_proxy.ts";
import { macrotask, rejection } from "../../support/settling.ts";
import { Recorder } from "../recorder.ts";
import {
  type Road,
  sharedCertificates,
  type Site,
  withSite,
} from "../roads.ts";
import type { Subject } from "../subject.ts";

const ROADS: readonly Road[] = [
  "plain",
  "tls",
  "mtls by another name",
  "unverified",
];

/** The road through an HTTP CONNECT proxy. */
export function proxyRows({ name, make }: Subject): void {
  if (!make().capabilities.tls) {
    test(`${name}: a proxy is refused before anything is sent`, async () => {
      await withSite("plain", () => {}, async (site) => {
        const transport = make();
        const proxy = new URL("http://127.0.0.1:1");
        for (
          const attempt of [
            transport.request(site.http({ proxy })),
            transport.connect(site.upgrade({ proxy })),
          ]
        ) await rejection(attempt, ConfigurationError);
        assertEquals(site.server.connections, 0);
      });
    });
    return;
  }

  const withProxy = async (
    road: Road,
    options: ConnectProxyOptions,
    body: (site: Site, proxy: URL, asked: string[]) => Promise<void>,
  ): Promise<void> => {
    const proxy = await startConnectProxy(options);
    await withSite(road, async (exchange) => {
      if (!exchange.wantsUpgrade) return exchange.respond(200, {}, "through");
      const socket = await exchange.upgrade();
      socket.open({ message: (message) => socket.send(message) });
    }, (site) => body(site, new URL(proxy.url), proxy.asked));
    await proxy.close();
    await macrotask();
  };

  const passes = async (site: Site, proxy: URL): Promise<void> => {
    const transport = make();
    const { body } = await transport.request(site.http({ proxy }));
    assertEquals(await textOf(body), "through");
    const connection = await transport.connect(site.upgrade({ proxy }));
    const recorder = Recorder.of(connection);
    connection.send([pattern(100_000)]);
    await recorder.until(() => recorder.messages.length === 1);
    assertEquals(recorder.messages[0], pattern(100_000));
    connection.close();
    await connection.released;
  };

  for (const road of ROADS) {
    test(`${name}, ${road}: a proxy is passed through`, async () => {
      await withProxy(road, {}, async (site, proxy, asked) => {
        await passes(site, proxy);
        const authority = `CONNECT 127.0.0.1:${site.server.port}`;
        assertEquals(asked, [authority, authority]);
      });
    });

    test(`${name}, ${road}: a proxy that wants credentials gets them`, async () => {
      const credentials = "us er:p@ss:wörd";
      await withProxy(road, { credentials }, async (site, proxy) => {
        proxy.username = "us er";
        proxy.password = "p@ss:wörd";
        await passes(site, proxy);
      });
    });

    test(`${name}, ${road}: a proxy reached over TLS is passed through`, async () => {
      const { server } = await sharedCertificates();
      await withProxy(road, { tls: server }, async (site, proxy) => {
        if (runtime === "deno" && !isModernDeno() && road !== "plain") {
          const attempt = make().request(site.http({ proxy }));
          await rejection(attempt, ConfigurationError);
        } else if (road === "plain") {
          const attempt = make().request(site.http({ proxy }));
          const error = await rejection(attempt, ConnectError);
          assertEquals(error.code, "CERT_UNTRUSTED");
        } else await passes(site, proxy);
      });
    });
  }

  for (const wrong of [true, false]) {
    const what = wrong ? "refuses the credentials" : "wants credentials";
    test(`${name}: a proxy that ${what} is PROXY_AUTH`, async () => {
      const credentials = "user:password";
      await withProxy("tls", { credentials }, async (site, proxy) => {
        if (wrong) proxy.username = "user";
        if (wrong) proxy.password = "t0psecret";
        const transport = make();
        for (
          const attempt of [
            transport.request(site.http({ proxy })),
            transport.connect(site.upgrade({ proxy })),
          ]
        ) {
          const error = await rejection(attempt, ConnectError);
          assertEquals(error.code, "PROXY_AUTH");
          assert(error.message.includes("credentials"), error.message);
          assert(!error.message.includes("t0psecret"), error.message);
        }
      });
    });
  }

  test(`${name}: a proxy that refuses otherwise is PROXY_FAILED`, async () => {
    await withProxy("tls", { refuse: 502 }, async (site, proxy) => {
      const attempt = make().connect(site.upgrade({ proxy }));
      const error = await rejection(attempt, ConnectError);
      assertEquals(error.code, "PROXY_FAILED");
      assert(error.message.includes("502"), error.message);
    });
  });

  test(`${name}: a certificate is verified through a proxy too`, async () => {
    await withProxy("mtls by another name", {}, async (site, proxy) => {
      const tls = { ...site.tls, serverName: "other.internal" };
      const attempt = make().connect(site.upgrade({ proxy, tls }));
      const error = await rejection(attempt, ConnectError);
      assertEquals(error.code, "CERT_NAME");
    });
  });

  test(`${name}: a proxy that does not speak HTTP is PROXY_FAILED`, async () => {
    const server = await startByteServer((socket) => socket.end("hello\r\n"));
    await withSite("plain", () => {}, async (site) => {
      const proxy = new URL(`http://127.0.0.1:${server.port}`);
      const attempt = make().connect(site.upgrade({ proxy }));
      const error = await rejection(attempt, ConnectError);
      assertEquals(error.code, "PROXY_FAILED");
    });
    await server.close();
    await macrotask();
  });

  test(`${name}: a proxy that is not there is told by its address`, async () => {
    const port = await closedPort();
    await withSite("plain", () => {}, async (site) => {
      const proxy = new URL(`http://user:t0psecret@127.0.0.1:${port}`);
      const attempt = make().connect(site.upgrade({ proxy }));
      const error = await rejection(attempt, ConnectError);
      assertEquals(error.code, "ECONNREFUSED");
      assert(error.message.includes(`proxy 127.0.0.1:${port}`), error.message);
      assert(!error.message.includes("t0psecret"), error.message);
    });
  });

  test(`${name}: a signal ends the wait for a proxy with its reason`, async () => {
    const accepted = Promise.withResolvers<void>();
    const server = await startByteServer(() => accepted.resolve());
    await withSite("plain", () => {}, async (site) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const failure = rejection(
        make().connect(site.upgrade({
          proxy: new URL(`http://127.0.0.1:${server.port}`),
          signal: controller.signal,
        })),
      );
      await accepted.promise;
      controller.abort(reason);
      assertStrictEquals(await failure, reason);
    });
    await server.close();
    await macrotask();
  });
}
