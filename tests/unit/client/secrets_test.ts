// Every kind of credential, everywhere a secret could come out.
import { assertEquals } from "@std/assert";
import { Api } from "../../../src/api/api.ts";
import { ClusterClient } from "../../../src/client/cluster_client.ts";
import { Pod } from "../../../src/client/resources.ts";
import type { ClusterConfig } from "../../../src/config/cluster_config.ts";
import { configFromOptions } from "../../../src/config/cluster_options.ts";
import { inClusterConfig } from "../../../src/config/in_cluster.ts";
import {
  type Kubeconfig,
  toKubeconfig,
} from "../../../src/config/kubeconfig.ts";
import { ConnectError, HandshakeError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost, programOutput } from "../../support/fake_host.ts";
import { FakeTransport, json } from "../../support/fake_transport.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";
import { rejection } from "../../support/async.ts";

const server = "https://server.test";
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What may show nowhere; base64 of them neither. */
const SECRETS = [
  "s3cret",
  "pr0xy",
  "MIIBc2VjcmV0",
  btoa(KEY).slice(0, 40),
  btoa("me:s3cret"),
  btoa("me:pr0xy"),
];

/** The user of a kubeconfig. */
function user(
  fields: Record<string, unknown>,
  host = new FakeHost(),
): Kubeconfig {
  const value = {
    "current-context": "it",
    clusters: [{ name: "it", cluster: { server } }],
    users: [{ name: "it", user: fields }],
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
  };
  return toKubeconfig(value, "the kubeconfig", "/etc/kube", host);
}

function plugin(status: Record<string, unknown>): Kubeconfig {
  const apiVersion = "client.authentication.k8s.io/v1";
  const kind = "ExecCredential";
  const output = programOutput({ apiVersion, kind, status });
  const host = new FakeHost({ program: () => Promise.resolve(output) });
  return user({
    exec: {
      apiVersion,
      command: "login",
      args: ["--password", "s3cret"],
      env: [{ name: "PASSWORD", value: "s3cret" }],
      interactiveMode: "Never",
    },
  }, host);
}

const pod = new FakeHost({
  env: { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" },
  files: { [`${ACCOUNT}/token`]: "s3cret", [`${ACCOUNT}/ca.crt`]: AUTHORITY },
});

const kinds: Record<string, () => Kubeconfig | Promise<ClusterConfig | null>> =
  {
    "a token": async () => await configFromOptions({ server, token: "s3cret" }),
    "a token function": async () =>
      await configFromOptions({
        server,
        token: () => Promise.resolve("s3cret"),
      }),
    "a client certificate": async () =>
      await configFromOptions({
        server,
        clientCertificate: CERTIFICATE,
        clientKey: KEY,
      }),
    "a proxy's password": async () =>
      await configFromOptions({ server, proxy: "http://me:pr0xy@proxy:3128" }),
    "a service account": () => inClusterConfig(pod),
    "a kubeconfig's token": () => user({ token: "s3cret" }),
    "a kubeconfig's token file": () =>
      user(
        { tokenFile: "token" },
        new FakeHost({ files: { "/etc/kube/token": "s3cret" } }),
      ),
    "a kubeconfig's password": () =>
      user({ username: "me", password: "s3cret" }),
    "a kubeconfig's certificate": () =>
      user({
        "client-certificate-data": btoa(CERTIFICATE),
        "client-key-data": btoa(KEY),
      }),
    "a plugin's token": () => plugin({ token: "s3cret" }),
    "a plugin's certificate": () =>
      plugin({ clientCertificateData: CERTIFICATE, clientKeyData: KEY }),
  };

/** Everything that a program may come to log, once all has gone wrong. */
async function everything(config: ClusterConfig): Promise<unknown[]> {
  const transport = new FakeTransport(() => json({ kind: "Status" }, 401));
  const client = new ClusterClient({
    config,
    transport,
    namespace: "team",
    timeout: null,
    keepAlive: false,
    protocol: "auto",
    highWaterMark: 1,
    userAgent: null,
    retryLimit: 5,
    reports: null,
  });
  const pods = new Api(Pod, { client });
  const errors = [await rejection(pods.get("web-0"))];
  const refusals = [
    new HandshakeError("Cannot upgrade", { httpStatus: 401 }),
    new ConnectError("Cannot connect", { code: "ECONNREFUSED" }),
  ];
  for (const refusal of refusals) {
    transport.refusal = () => refusal;
    errors.push(await rejection(pods.exec.run("web-0", { command: ["ls"] })));
  }
  const { requests, upgrades } = transport;
  assertEquals([requests.length, upgrades.length], [1, 2]);
  const urls = [...requests, ...upgrades].map(({ url }) => url);
  await client.close();
  errors.push(await rejection(pods.get("web-0")));
  return [config, client, pods, pods.exec, ...errors, ...urls];
}

for (const [kind, make] of Object.entries(kinds)) {
  test(`no inspection, error or URL shows ${kind}`, async () => {
    const source = await make();
    assertHidden(source, SECRETS);
    const config = source && "resolve" in source
      ? await source.resolve()
      : source;
    for (const value of await everything(config!)) assertHidden(value, SECRETS);
  });
}
