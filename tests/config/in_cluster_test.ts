import { assertEquals, assertRejects } from "@std/assert";
import { inClusterConfig } from "../../src/config/in_cluster.ts";
import { ConfigurationError } from "../../src/errors.ts";
import { test } from "../harness.ts";
import { FakeHost } from "../support/fake_host.ts";
import { headersOf } from "../support/headers_of.ts";
import { AUTHORITY } from "../support/pem.ts";
import { assertHidden } from "../support/secrets.ts";

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

test("in-cluster: a pod without a token is a ConfigurationError that says so", async () => {
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
