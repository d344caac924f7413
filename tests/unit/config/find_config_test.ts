import { assertEquals, assertRejects } from "@std/assert";
import {
  type ConfigOptions,
  findConfig,
} from "../../../src/config/find_config.ts";
import { parseKubeconfig } from "../../../src/config/mod.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost } from "../../support/fake_host.ts";
import { headersOf } from "../../support/headers_of.ts";
import { AUTHORITY } from "../../support/pem.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

function kubeconfig(name: string, namespace = name): string {
  return JSON.stringify({
    "current-context": name,
    clusters: [{ name, cluster: { server: `https://${name}.test` } }],
    contexts: [{ name, context: { cluster: name, namespace } }],
  });
}

const pod = {
  env: {
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    KUBERNETES_SERVICE_PORT: "443",
  },
  files: {
    [`${ACCOUNT}/token`]: "account\n",
    [`${ACCOUNT}/ca.crt`]: AUTHORITY,
    [`${ACCOUNT}/namespace`]: "team\n",
  },
};

async function serverFound(
  options: ConfigOptions,
  host: FakeHost,
): Promise<string> {
  return (await findConfig(options, host)).server.host;
}

test("create_client() finds its configuration: kubeconfig, then in-cluster", async () => {
  const files: Record<string, string> = {
    ...pod.files,
    "/home/me/.kube/config": kubeconfig("home"),
    "/k/env": kubeconfig("env"),
    "/k/option": kubeconfig("option"),
  };
  const env: Record<string, string> = {
    ...pod.env,
    HOME: "/home/me",
    KUBECONFIG: "/k/env",
  };
  const host = new FakeHost({ env, files });
  const server = "https://explicit.test";
  assertEquals(await serverFound({ server }, host), "explicit.test");
  const path = "/k/option";
  assertEquals(await serverFound({ kubeconfig: path }, host), "option.test");
  assertEquals(await serverFound({}, host), "env.test");
  delete env.KUBECONFIG;
  assertEquals(await serverFound({}, host), "home.test");
  delete files["/home/me/.kube/config"];
  assertEquals(await serverFound({}, host), "10.96.0.1");
});

test("createClient: without any configuration the error says where it looked", async () => {
  const host = new FakeHost({ env: { KUBECONFIG: "/a:/b" } });
  await assertRejects(
    () => findConfig({}, host),
    ConfigurationError,
    "Cannot find a cluster: no server is given, there is no kubeconfig " +
      "(looked at /a, /b), and this is not a pod",
  );
  await assertRejects(
    () => findConfig({}, new FakeHost({ env: { HOME: "/home/me" } })),
    ConfigurationError,
    "looked at /home/me/.kube/config",
  );
  await assertRejects(
    () => findConfig({}, null),
    ConfigurationError,
    "this runtime has no files",
  );
});

test("createClient: a Kubeconfig object requires no files", async () => {
  const parsed = parseKubeconfig(kubeconfig("parsed"));
  const config = await findConfig({ kubeconfig: parsed }, null);
  assertEquals(config.server.host, "parsed.test");
});

test("createClient: the given path and context must exist", async () => {
  const host = new FakeHost({
    ...pod,
    files: { ...pod.files, "/k": kubeconfig("k") },
  });
  await assertRejects(
    () => findConfig({ kubeconfig: "/missing" }, host),
    ConfigurationError,
    "cannot read /missing (ENOENT)",
  );
  await assertRejects(
    () => findConfig({ kubeconfig: "/k", context: "other" }, host),
    ConfigurationError,
    'there is no context "other"; it has "k"',
  );
  await assertRejects(
    () => findConfig({ context: "other" }, host),
    ConfigurationError,
    "there is no kubeconfig",
  );
});

test("createClient: credentials without a server are refused", async () => {
  await assertRejects(
    () => findConfig({ token: "s3cret" }, new FakeHost(pod)),
    ConfigurationError,
    'Cannot use the option "token": it requires the option "server"',
  );
});

test("createClient: several files in KUBECONFIG are merged, the first wins", async () => {
  const first = {
    users: [{ name: "red", user: { token: "first" } }],
    contexts: [],
  };
  const second = {
    "current-context": "two",
    users: [{ name: "red", user: { token: "second", as: "jane" } }],
    clusters: [{ name: "c", cluster: { server: "https://two.test" } }],
    contexts: [{ name: "two", context: { cluster: "c", user: "red" } }],
  };
  const third = { "current-context": "three" };
  const host = new FakeHost({
    env: { KUBECONFIG: "/k/1;;C:\\k\\2;/k/missing;/k/3" },
    files: {
      "/k/1": JSON.stringify(first),
      "C:\\k\\2": JSON.stringify(second),
      "/k/3": JSON.stringify(third),
    },
    windows: true,
  });
  const config = await findConfig({}, host);
  assertEquals(config.server.host, "two.test");
  assertEquals(await headersOf(config), { authorization: "Bearer first" });
});

test("createClient: relative paths are relative to their own kubeconfig's directory", async () => {
  const certificates = {
    clusters: [{
      name: "c",
      cluster: { server: "https://c.test", "certificate-authority": "ca.crt" },
    }],
  };
  const contexts = {
    "current-context": "x",
    contexts: [{ name: "x", context: { cluster: "c" } }],
  };
  const host = new FakeHost({
    env: { KUBECONFIG: "/a/contexts:/b/clusters" },
    files: {
      "/a/contexts": JSON.stringify(contexts),
      "/b/clusters": JSON.stringify(certificates),
      "/b/ca.crt": AUTHORITY,
    },
  });
  assertEquals(
    (await findConfig({}, host)).tls.certificateAuthority,
    AUTHORITY,
  );
});

test("createClient: a broken kubeconfig is an error, not a reason to look elsewhere", async () => {
  const host = new FakeHost({
    env: { ...pod.env, KUBECONFIG: "/k" },
    files: { ...pod.files, "/k": '{"clusters": 7}' },
  });
  await assertRejects(
    () => findConfig({}, host),
    ConfigurationError,
    "Cannot read the kubeconfig /k: clusters is not a list",
  );
});

test("createClient: an empty kubeconfig counts as none", async () => {
  const host = new FakeHost({
    env: { ...pod.env, KUBECONFIG: "/k" },
    files: { ...pod.files, "/k": "{}" },
  });
  assertEquals(await serverFound({}, host), "10.96.0.1");
});

test("createClient: in a pod a kubeconfig without a current context counts as none", async () => {
  const text = kubeconfig("k").replace('"current-context":"k",', "");
  const files: Record<string, string> = { ...pod.files, "/k": text };
  const inPod = new FakeHost({ env: { ...pod.env, KUBECONFIG: "/k" }, files });
  assertEquals(await serverFound({}, inPod), "10.96.0.1");
  assertEquals(await serverFound({ context: "k" }, inPod), "k.test");
  const elsewhere = new FakeHost({ env: { KUBECONFIG: "/k" }, files });
  await assertRejects(
    () => findConfig({}, elsewhere),
    ConfigurationError,
    'it has no current context, and no context is given; it has "k"',
  );
});

test("createClient: the YAML parser is loaded on demand", async () => {
  const host = new FakeHost({
    env: { KUBECONFIG: "/k" },
    files: {
      "/k": `
apiVersion: v1
kind: Config
current-context: it
clusters:
- name: c
  cluster: {server: "https://yaml.test"}
contexts:
- name: it
  context: {cluster: c, user: null}
users: null
`,
    },
  });
  assertEquals(await serverFound({}, host), "yaml.test");
});

test("createClient: an environment that cannot be read is a ConfigurationError", async () => {
  const host = new FakeHost();
  host.env = () => {
    throw new Error("Requires env access");
  };
  await assertRejects(
    () => findConfig({}, host),
    ConfigurationError,
    "the environment variable KUBECONFIG cannot be read; allow it with deno run --allow-env=KUBECONFIG,HOME",
  );
});

test("createClient: a file that Deno must not read names the permission", async () => {
  const host = new FakeHost();
  host.readFile = () => {
    const error = new Error("Requires read access");
    error.name = "NotCapable";
    return Promise.reject(error);
  };
  await assertRejects(
    () => findConfig({ kubeconfig: "/k/config" }, host),
    ConfigurationError,
    "cannot read /k/config (NotCapable); allow it with deno run --allow-read=/k/config",
  );
});

test("createClient: a kubeconfig that is not awaited is refused", async () => {
  const kubeconfig = Promise.resolve() as unknown as string;
  await assertRejects(
    () => findConfig({ kubeconfig }, null),
    ConfigurationError,
    'Cannot use the option "kubeconfig": it is a Promise; pass await loadKubeconfig()',
  );
});
