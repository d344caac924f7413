import { assertEquals, assertRejects } from "@std/assert";
import { inClusterConfig } from "../../../src/config/in_cluster.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost } from "../../support/fake_host.ts";
import { headersOf } from "../../support/headers_of.ts";
import { AUTHORITY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

function pod(hostname = "10.96.0.1"): FakeHost {
  return new FakeHost({
    env: {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: "6443",
    },
    files: {
      [`${ACCOUNT}/token`]: "first\n",
      [`${ACCOUNT}/ca.crt`]: AUTHORITY,
      [`${ACCOUNT}/namespace`]: "team\n",
    },
  });
}

test("in-cluster: server, authority and namespace of the service account", async () => {
  const config = await inClusterConfig(pod());
  assertEquals(config?.server.href, "https://10.96.0.1:6443/");
  assertEquals(config?.tls, { certificateAuthority: AUTHORITY.trim() });
  assertEquals(config?.namespace, "team");
  assertEquals(config?.proxy, null);
});

test("in-cluster: an IPv6 address is bracketed", async () => {
  const config = await inClusterConfig(pod("fd00::1"));
  assertEquals(config?.server.href, "https://[fd00::1]:6443/");
});

test("in-cluster: the token is read for every connection", async () => {
  const host = pod();
  const config = await inClusterConfig(host);
  assertEquals(await headersOf(config), {
    authorization: "Bearer first",
  });
  host.files[`${ACCOUNT}/token`] = "second";
  assertEquals(await headersOf(config), {
    authorization: "Bearer second",
  });
});

test("in-cluster: outside a pod there is no configuration", async () => {
  assertEquals(await inClusterConfig(new FakeHost()), null);
});

test("in-cluster: no namespace file, no namespace", async () => {
  const host = pod();
  delete host.files[`${ACCOUNT}/namespace`];
  assertEquals((await inClusterConfig(host))?.namespace, null);
});

test("in-cluster: POD_NAMESPACE comes before the service account's namespace", async () => {
  const host = pod();
  host.variables.POD_NAMESPACE = "other";
  assertEquals((await inClusterConfig(host))?.namespace, "other");
  host.variables.POD_NAMESPACE = "";
  assertEquals((await inClusterConfig(host))?.namespace, "team");
});

test("in-cluster: without a ca.crt the runtime's own authorities are trusted", async () => {
  const host = pod();
  delete host.files[`${ACCOUNT}/ca.crt`];
  assertEquals((await inClusterConfig(host))?.tls, {});
});

test("in-cluster: invalid values are refused by name", async () => {
  const broken: [problem: string, hostname: string, files: object][] = [
    ["the service account's ca.crt", "10.96.0.1", { "ca.crt": "none" }],
    ["KUBERNETES_SERVICE_HOST and", "fd00::1%eth0", {}],
    ["KUBERNETES_SERVICE_HOST and", "10.96.0.1:1", {}],
  ];
  for (const [problem, hostname, files] of broken) {
    const host = pod(hostname);
    for (const [name, text] of Object.entries(files)) {
      host.files[`${ACCOUNT}/${name}`] = text;
    }
    await assertRejects(
      () => inClusterConfig(host),
      ConfigurationError,
      `Cannot use ${problem}`,
    );
  }
});

test("in-cluster: a pod without a token is a ConfigurationError", async () => {
  const host = pod();
  delete host.files[`${ACCOUNT}/token`];
  await assertRejects(
    () => inClusterConfig(host),
    ConfigurationError,
    `Cannot use the service account's token: cannot read ${ACCOUNT}/token`,
  );
});

test("in-cluster: the configuration shows no secret in any inspection", async () => {
  const config = await inClusterConfig(pod());
  await headersOf(config);
  assertHidden(config, ["first"]);
});
