import { assertEquals } from "@std/assert";
import type { ClusterClient } from "../../../src/client/cluster_client.ts";
import {
  type ClientOptions,
  createClient,
} from "../../../src/client/create_client.ts";
import { parseKubeconfig } from "../../../src/config/mod.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { withProxyVariables } from "../../support/environment.ts";
import { FakeTransport, json } from "../../support/fake_transport.ts";
import { assertHidden } from "../../support/secrets.ts";
import { rejection } from "../../support/async.ts";

const server = "https://kube.example:6443";
const transport = new FakeTransport();
const env = { HTTPS_PROXY: "http://me:s3cret@env:3128" };
const ENV_PROXY = "http://me:s3cret@env:3128/";

const proxyOf = async (options: ClientOptions) =>
  (await createClient({ transport, ...options }) as ClusterClient).config.proxy
    ?.href ?? null;

const kubeconfig = (cluster: Record<string, string>) =>
  parseKubeconfig(JSON.stringify({
    "current-context": "x",
    clusters: [{ name: "c", cluster: { server, ...cluster } }],
    contexts: [{ name: "x", context: { cluster: "c", namespace: "n" } }],
  }));

test("createClient: the environment's proxy is taken when nothing else names one", async () => {
  await withProxyVariables(env, async () => {
    assertEquals(await proxyOf({ server }), ENV_PROXY);
    assertEquals(await proxyOf({ kubeconfig: kubeconfig({}) }), ENV_PROXY);
  });
});

test("createClient: NO_PROXY exempts from the environment's proxy", async () => {
  await withProxyVariables({ ...env, NO_PROXY: ".example" }, async () => {
    assertEquals(await proxyOf({ server }), null);
  });
});

test("createClient: the option and proxy-url come before the environment, NO_PROXY or not", async () => {
  await withProxyVariables({ ...env, NO_PROXY: "*" }, async () => {
    const option = { server, proxy: "http://option:1" };
    assertEquals(await proxyOf(option), "http://option:1/");
    const file = kubeconfig({ "proxy-url": "socks5://file:1" });
    assertEquals(await proxyOf({ kubeconfig: file }), "socks5://file:1");
  });
});

test("createClient: proxy null overrides the environment", async () => {
  await withProxyVariables(env, async () => {
    assertEquals(await proxyOf({ server, proxy: null }), null);
  });
});

test("createClient: a transport that knows no proxies is not given the environment's", async () => {
  await withProxyVariables(env, async () => {
    const web = new FakeTransport(() => json({}), { tls: false });
    const client = await createClient({ server, transport: web });
    assertEquals((client as ClusterClient).config.proxy, null);
    await client.request({ method: "GET", path: "/version" });
    assertEquals(web.requests.length, 1);
  });
});

test("createClient: an environment's proxy that cannot be used is refused by name", async () => {
  await withProxyVariables({ HTTPS_PROXY: "ftp://s3cret@p" }, async () => {
    const error = await rejection(
      createClient({ server, transport }),
      ConfigurationError,
    );
    assertEquals(
      error.message,
      "Cannot use the environment variable HTTPS_PROXY: its scheme must " +
        "be one of http:, https:, socks5:, socks5h:",
    );
    assertHidden(error, ["s3cret"]);
  });
});

test("a client through the environment's proxy is otherwise the same, and shows no secret", async () => {
  await withProxyVariables(env, async () => {
    const token = "t0ken";
    const insecureSkipTlsVerify = true;
    const fake = new FakeTransport();
    const client = await createClient({
      server,
      token,
      insecureSkipTlsVerify,
      namespace: "n",
      transport: fake,
    });
    assertEquals(client.namespace, "n");
    assertEquals((client as ClusterClient).config.server.href, `${server}/`);
    assertEquals((client as ClusterClient).config.tls, {
      insecureSkipTlsVerify,
    });
    await client.request({ method: "GET", path: "/version" });
    const [request] = fake.requests;
    assertEquals(request?.proxy?.href, ENV_PROXY);
    assertEquals(request?.headers["authorization"], "Bearer t0ken");
    assertHidden(client, ["s3cret", "t0ken"]);
    await client.close();
  });
});
