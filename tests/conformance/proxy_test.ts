// HTTP and sessions through a proxy.
import { assert, assertEquals } from "@std/assert";
import { Api, CallTimeoutError, createClient, Pod } from "../../mod.ts";
import { parseKubeconfig } from "../../src/config/mod.ts";
import { startByteServer } from "../support/byte_server.ts";
import { startConnectProxy } from "../support/connect_proxy.ts";
import { withProxyVariables } from "../support/environment.ts";
import type { Proxy } from "../support/proxy_listener.ts";
import { macrotask, rejection } from "../support/async.ts";
import { startSocksProxy } from "../support/socks_proxy.ts";
import { assertProxyRefuses, assertReachable } from "./proxy_checks.ts";
import { embeddedCase, testCase } from "./fixture.ts";

const transports = ["socket"] as const;
const command = ["cat"];

for (
  const [kind, start] of [
    ["HTTP CONNECT", startConnectProxy],
    ["SOCKS 5", startSocksProxy],
  ] as const
) {
  testCase(
    `proxy: HTTP and sessions go through ${kind} without credentials`,
    async ({ options, namespace, pod }) => {
      const name = await pod();
      await throughProxy(start(), async (proxy) => {
        await assertReachable(
          { ...options(), proxy: proxy.url },
          namespace,
          name,
        );
        const { host } = new URL(options().server!);
        assertEquals(new Set(proxy.requests), new Set([`CONNECT ${host}`]));
        assert(proxy.requests.length >= 3);
      });
    },
    { transports },
  );

  testCase(
    `proxy: HTTP and sessions go through ${kind} with credentials`,
    async ({ options, namespace, pod }) => {
      const name = await pod();
      await throughProxy(
        start({ credentials: "me:p@ss w" }),
        async ({ url }) => {
          const proxy = `${url.protocol}//me:p%40ss%20w@${url.host}`;
          await assertReachable({ ...options(), proxy }, namespace, name);
        },
      );
    },
    { transports },
  );

  testCase(
    `proxy: wrong credentials for ${kind} are PROXY_AUTH`,
    async ({ options, namespace }) => {
      await throughProxy(
        start({ credentials: "me:right" }),
        async ({ url }) => {
          const proxy = `${url.protocol}//me:wr0ng@${url.host}`;
          await assertProxyRefuses({ ...options(), proxy }, namespace, "wr0ng");
          await assertProxyRefuses(
            { ...options(), proxy: url },
            namespace,
            "wr0ng",
          );
        },
      );
    },
    { transports },
  );
}

testCase(
  "proxy: HTTP and sessions use the kubeconfig's proxy-url",
  async ({ options, namespace, pod }) => {
    const name = await pod();
    const { server, token, certificateAuthority } = options();
    await throughProxy(
      startConnectProxy(),
      async ({ url, requests: asked }) => {
        const cluster = {
          server,
          "proxy-url": url.href,
          "certificate-authority-data": certificateAuthority &&
            btoa(certificateAuthority),
        };
        const kubeconfig = parseKubeconfig(JSON.stringify({
          "current-context": "x",
          clusters: [{ name: "c", cluster }],
          users: [{ name: "u", user: { token } }],
          contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        }));
        await assertReachable({ kubeconfig }, namespace, name);
        assert(asked.length >= 3);
      },
    );
  },
  { transports },
);

embeddedCase(
  "proxy: the environment's proxy resolves the server's name",
  async ({ options, namespace, pod }) => {
    const name = await pod();
    const names = { "kube.internal": "127.0.0.1" };
    const server = new URL(options().server!);
    server.hostname = "kube.internal";
    const client = { ...options(), server, tlsServerName: "localhost" };
    await throughProxy(
      startConnectProxy({ names }),
      async ({ url, requests: asked }) => {
        await withProxyVariables({ https_proxy: url.host }, async () => {
          await assertReachable(client, namespace, name);
        });
        assert(asked.length >= 3);
      },
    );
  },
  { transports },
);

embeddedCase(
  "proxy: the call's timeout ends the wait for a silent proxy",
  async ({ options, namespace }) => {
    for (const scheme of ["http", "socks5"]) {
      const server = await startByteServer(() => {});
      const proxy = `${scheme}://127.0.0.1:${server.port}`;
      const client = await createClient({ ...options(), proxy, timeout: 200 });
      const pods = new Api(Pod, { client, namespace });
      await rejection(pods.get("web"), CallTimeoutError);
      await rejection(pods.exec.run("web", { command }), CallTimeoutError);
      await client.close();
      await server.close();
    }
  },
  { transports },
);

async function throughProxy(
  starting: Promise<Proxy>,
  body: (proxy: Proxy) => Promise<void>,
): Promise<void> {
  const proxy = await starting;
  try {
    await body(proxy);
  } finally {
    await proxy.close();
    await macrotask();
  }
}
