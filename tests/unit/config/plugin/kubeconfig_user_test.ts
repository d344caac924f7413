import { assertEquals } from "@std/assert";
import { toKubeconfig } from "../../../../src/config/kubeconfig.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { FakeHost, programOutput } from "../../../support/fake_host.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../../support/pem.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { rejection } from "../../../support/async.ts";

const signal = new AbortController().signal;
const apiVersion = "client.authentication.k8s.io/v1";
const exec = {
  apiVersion,
  command: "./login",
  args: ["--password=argument"],
  env: [{ name: "PASSWORD", value: "variable" }],
  interactiveMode: "Never",
  provideClusterInfo: true,
};

/** A host whose plugin issues the tokens s3cret-1, s3cret-2, ... */
function machine(status: Record<string, unknown> = {}): FakeHost {
  let issued = 0;
  return new FakeHost({
    files: { "/etc/kube/ca.crt": AUTHORITY },
    program: () => {
      const token = `s3cret-${++issued}`;
      const kind = "ExecCredential";
      const all = { token, ...status };
      return Promise.resolve(programOutput({ apiVersion, kind, status: all }));
    },
  });
}

function kubeconfig(user: Record<string, unknown>, host: FakeHost | null) {
  const cluster = {
    server: "https://server.test",
    "certificate-authority": "ca.crt",
  };
  return toKubeconfig(
    {
      "current-context": "here",
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user }],
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    },
    "the kubeconfig",
    "/etc/kube",
    host,
  );
}

test("a user with a plugin: it runs for the first connection and receives the cluster", async () => {
  const host = machine();
  const config = await kubeconfig({ exec, as: "jane" }, host).resolve();
  assertEquals(host.programs.length, 0);
  const { headers, tls } = await config.authenticate(signal);
  assertEquals(headers, {
    authorization: "Bearer s3cret-1",
    "impersonate-user": "jane",
  });
  assertEquals(tls === config.tls, true);
  await config.authenticate(signal);
  assertEquals(host.programs.length, 1);
  const [program] = host.programs;
  assertEquals(program?.command, "/etc/kube/login");
  const info = JSON.parse(program!.env.KUBERNETES_EXEC_INFO!);
  assertEquals(info.spec.cluster, {
    server: "https://server.test",
    "certificate-authority-data": btoa(AUTHORITY),
    config: null,
  });
});

test("a user with a plugin: its certificate is added to the cluster's TLS options", async () => {
  const status = {
    token: undefined,
    clientCertificateData: CERTIFICATE,
    clientKeyData: KEY,
  };
  const config = await kubeconfig({ exec }, machine(status)).resolve();
  assertEquals(config.tls, { certificateAuthority: AUTHORITY });
  const identity = await config.authenticate(signal);
  assertEquals(identity.headers, {});
  assertEquals(identity.tls, {
    certificateAuthority: AUTHORITY,
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
  });
});

test("a user with a plugin and other credentials: the plugin does not run, as in client-go", async () => {
  const others: [user: Record<string, unknown>, authorization?: string][] = [
    [{ token: "other" }, "Bearer other"],
    [{ username: "me", password: "pw" }, `Basic ${btoa("me:pw")}`],
    [{
      "client-certificate-data": btoa(CERTIFICATE),
      "client-key-data": btoa(KEY),
    }],
  ];
  for (const [user, authorization] of others) {
    const host = machine();
    const config = await kubeconfig({ ...user, exec }, host).resolve();
    const { headers } = await config.authenticate(signal);
    assertEquals(headers.authorization, authorization);
    assertEquals(host.programs, []);
  }
});

test("a user with a plugin: refused credentials are issued anew", async () => {
  const host = machine();
  const config = await kubeconfig({ exec }, host).resolve();
  const refused = await config.authenticate(signal);
  const renewed = await refused.renew(signal);
  assertEquals(renewed?.headers.authorization, "Bearer s3cret-2");
  const next = await config.authenticate(signal);
  assertEquals(next.headers.authorization, "Bearer s3cret-2");
  assertEquals(host.programs.length, 2);
});

test("a user with a plugin: two clients of one kubeconfig share nothing", async () => {
  const host = machine();
  const shared = kubeconfig({ exec }, host);
  const [one, two] = await Promise.all([shared.resolve(), shared.resolve()]);
  const tokenOf = async (config: typeof one) =>
    (await config.authenticate(signal)).headers.authorization;
  assertEquals(await tokenOf(one), "Bearer s3cret-1");
  assertEquals(await tokenOf(two), "Bearer s3cret-2");
  await one.close();
  assertEquals(await tokenOf(two), "Bearer s3cret-2");
});

test("a user with a plugin: without programs a ConfigurationError", async () => {
  const value = toKubeconfig(
    {
      "current-context": "here",
      clusters: [{ name: "c", cluster: { server: "https://server.test" } }],
      users: [{ name: "u", user: { exec } }],
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    },
    "it",
    "/etc/kube",
    null,
  );
  const error = await rejection<Error>(value.resolve(), ConfigurationError);
  assertEquals(
    error.message,
    'Cannot use the credential plugin "./login" of the user "u" in it: ' +
      "plugins are programs, which a browser or worker cannot run; use a token",
  );
  assertHidden(error, ["argument", "variable"]);
});

test("a user with a plugin shows no secret in any inspection", async () => {
  const value = kubeconfig({ exec }, machine());
  const config = await value.resolve();
  await config.authenticate(signal);
  for (const it of [value, config]) {
    assertHidden(it, ["s3cret", "argument", "variable"]);
  }
});
