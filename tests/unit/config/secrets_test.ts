import { assert, assertEquals } from "@std/assert";
import { ClusterClient } from "../../../src/client/cluster_client.ts";
import type { ClusterConfig } from "../../../src/config/cluster_config.ts";
import { createClient } from "../../../src/client/create_client.ts";
import { findConfig } from "../../../src/config/find_config.ts";
import { loadKubeconfig, parseKubeconfig } from "../../../src/config/mod.ts";
import { type Host, hostOf } from "../../../src/platform/host.ts";
import { toKubeconfig } from "../../../src/config/kubeconfig.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost } from "../../support/fake_host.ts";
import { FakeTransport } from "../../support/fake_transport.ts";
import { CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

const SECRET = "s3cret7f3a";
const HIDDEN = [SECRET, btoa(SECRET).replace(/=+$/, "")];

/** The fields of a kubeconfig that may contain a secret. */
const FIELDS = [
  "users.0.user.token",
  "users.0.user.tokenFile",
  "users.0.user.username",
  "users.0.user.password",
  "users.0.user.client-key-data",
  "users.0.user.client-certificate-data",
  "users.0.user.exec.env.0.value",
  "users.0.user.exec.args.0",
  "users.0.user.auth-provider.config.id-token",
  "users.0.user.auth-provider.config.refresh-token",
  "users.0.user.auth-provider.config.client-secret",
  "clusters.0.cluster.server",
  "clusters.0.cluster.proxy-url",
  "clusters.0.cluster.certificate-authority-data",
];

/** Valid and invalid values that contain a secret. */
const SHAPES: readonly ((secret: string) => unknown)[] = [
  (secret) => secret,
  (secret) => btoa(secret),
  (secret) => btoa(`${CERTIFICATE}${secret}`),
  (secret) => btoa(`${KEY}${secret}`),
  (secret) => `${secret}\r\nx-evil: ${secret}`,
  (secret) => `%%${secret}é\u0000`,
  (secret) => [secret],
  (secret) => ({ [secret]: secret }),
  (secret) => `http://${secret}:${secret}@proxy:3128`,
  (secret) => `socks5://user:${secret}@proxy:1080`,
  (secret) => `ftp://user:${secret}@proxy:21`,
  (secret) => `http://user:${secret}@[proxy`,
  (secret) => `https://host/path?token=${secret}#${secret}`,
];

/** A server's host is not a secret. */
const IN_URLS = SHAPES.filter((shape) => /[@?]/.test(String(shape("x"))));

/** A valid kubeconfig, except for one field. */
function withField(place: string, value: unknown) {
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "x" };
  const config = {
    "current-context": "x",
    clusters: [{ name: "x", cluster: { server: "https://c.test" } }],
    contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
    users: [{
      name: "x",
      user: {
        ...(place.includes("exec.") ? { exec } : {}),
        ...(place.endsWith("client-key-data")
          ? { "client-certificate-data": btoa(CERTIFICATE) }
          : {}),
      },
    }],
  };
  // deno-lint-ignore no-explicit-any
  let at: any = config;
  const keys = place.split(".");
  keys.slice(0, -1).forEach((key, index) => {
    at = at[key] ??= /^\d+$/.test(keys[index + 1]!) ? [] : {};
  });
  at[keys.at(-1)!] = value;
  return config;
}

/** The configuration, or the error. */
async function outcome(
  config: unknown,
): Promise<{ readonly config?: ClusterConfig; readonly shown: unknown }> {
  const host = new FakeHost();
  try {
    const kubeconfig = toKubeconfig(config, "it", "/k", host);
    assertHidden(kubeconfig, HIDDEN);
    const resolved = await kubeconfig.resolve();
    return { config: resolved, shown: resolved };
  } catch (error) {
    assert(error instanceof ConfigurationError, String(error));
    return { shown: error };
  }
}

for (const place of FIELDS) {
  test(`kubeconfig: no output shows the value of ${place}`, async () => {
    for (const shape of place.endsWith("server") ? IN_URLS : SHAPES) {
      const value = shape(SECRET);
      const { config, shown } = await outcome(withField(place, value));
      // A file's name is not a secret.
      if (place.endsWith("tokenFile") && typeof value === "string") continue;
      assertHidden(shown, HIDDEN);
      if (config) {
        assertHidden(config.server.href, HIDDEN);
        await checkClient(config);
      }
    }
  });

  test(`kubeconfig: text truncated in ${place} is refused without being quoted`, () => {
    const json = JSON.stringify(withField(place, SECRET));
    const text = json.slice(0, json.indexOf(SECRET) + SECRET.length);
    for (const broken of [text, `${text}: [`, `x:\n  ${text}\n y`]) {
      let error: unknown;
      try {
        parseKubeconfig(broken);
      } catch (thrown) {
        error = thrown;
      }
      assert(error instanceof ConfigurationError, String(error));
      assertHidden(error, HIDDEN);
    }
  });
}

/** Neither the client nor its errors show a secret. */
async function checkClient(config: ClusterConfig): Promise<void> {
  const client = new ClusterClient({
    config,
    transport: new FakeTransport(undefined, { tls: false }),
    namespace: null,
    timeout: null,
    keepAlive: false,
    protocol: "auto",
    highWaterMark: 1,
    userAgent: null,
    retryLimit: 5,
    reports: null,
  });
  assertHidden(client, HIDDEN);
  try {
    await client.request({ method: "GET", path: "/version" });
  } catch (error) {
    assertHidden(error, HIDDEN);
  }
  await client.close();
}

test("kubeconfig: no output shows the content of a token file", async () => {
  const host = new FakeHost();
  const config = withField("users.0.user.tokenFile", "token");
  const resolved = await toKubeconfig(config, "it", "/k", host).resolve();
  for (const content of [SECRET, `${SECRET}\n${SECRET}`, `${SECRET}\u0000`]) {
    host.files["/k/token"] = content;
    try {
      await resolved.authenticate(new AbortController().signal);
    } catch (error) {
      assertHidden(error, HIDDEN);
    }
    assertHidden(resolved, HIDDEN);
  }
});

/** A kubeconfig's text in YAML and JSON, and in base64 as in a CI's variable. */
const YAML = `apiVersion: v1
users:
- name: me
  user:
    token: ${SECRET}
    client-key-data: ${btoa(KEY)}
`;
const TEXTS = [
  YAML,
  YAML.replaceAll("\n", "\r\n"),
  JSON.stringify(withField("users.0.user.token", SECRET)),
  `{users: [{name: me, user: {token: ${SECRET}}}]}`,
  btoa(YAML),
  btoa(YAML).padEnd(6000, "A"),
  `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.${SECRET}`,
  btoa(KEY),
];

/** The error of a call that must fail. */
async function failure(call: () => Promise<unknown>): Promise<Error> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("It does not fail");
}

test("kubeconfig: a text where its path belongs shows in no error", async () => {
  const host = hostOf()!;
  for (const text of TEXTS) {
    const errors = await Promise.all([
      failure(() => createClient({ kubeconfig: text })),
      failure(() => loadKubeconfig({ path: text })),
      ...[host, new FakeHost()].map((host) => {
        const env = (name: string) => name === "KUBECONFIG" ? text : undefined;
        const machine = { ...fromHost(host), env, grantedEnv: env };
        return failure(() => findConfig({}, machine));
      }),
    ]);
    for (const error of errors) {
      assert(error instanceof ConfigurationError, String(error));
      assertHidden(error, [...HIDDEN, text, text.slice(-40), btoa(KEY)]);
    }
  }
  const error = await failure(() => createClient({ kubeconfig: YAML }));
  assertEquals(
    error.message,
    'Cannot use the option "kubeconfig": it is a kubeconfig\'s text, not a ' +
      "path; use parseKubeconfig",
  );
});

/** The machine's methods, bound, so that some can be replaced. */
function fromHost(host: Host): Host {
  return {
    windows: false,
    env: (name) => host.env(name),
    grantedEnv: (name) => host.grantedEnv(name),
    readFile: (path) => host.readFile(path),
    stdinIsTerminal: () => host.stdinIsTerminal(),
    isCertificate: (pem) => host.isCertificate(pem),
    certificateProblem: (...pair) => host.certificateProblem(...pair),
    run: (program, signal) => host.run(program, signal),
  };
}

test("kubeconfig: data where a path belongs shows in no error, and is not read", async () => {
  const data = [btoa(KEY), KEY, `eyJhbGciOiJSUzI1NiJ9.${SECRET}`];
  const fields = [
    "users.0.user.client-key",
    "users.0.user.client-certificate",
    "users.0.user.tokenFile",
    "clusters.0.cluster.certificate-authority",
  ];
  for (const field of fields) {
    for (const value of data) {
      const config = withField(field, value);
      if (field.endsWith("client-key")) {
        Object.assign(config.users[0]!.user, {
          "client-certificate-data": btoa(CERTIFICATE),
        });
      }
      const host = new FakeHost();
      const kubeconfig = toKubeconfig(config, "it", "/k", host);
      const error = await failure(() => kubeconfig.resolve());
      assert(error.message.includes("where a path belongs"), error.message);
      assertHidden(error, [...HIDDEN, value]);
      assertEquals(host.readPaths, []);
    }
  }
});

test("kubeconfig: a path too long to be shown is read", async () => {
  const path = `/k/${"x".repeat(300)}`;
  const config = withField("users.0.user.tokenFile", path);
  const host = new FakeHost({ files: { [path]: "t" } });
  const resolved = await toKubeconfig(config, "it", "/k", host).resolve();
  const { signal } = new AbortController();
  await resolved.authenticate(signal);
  const missing = await toKubeconfig(config, "it", "/k", new FakeHost())
    .resolve();
  const error = await failure(() => missing.authenticate(signal));
  assert(error.message.includes("(ENOENT)"), error.message);
  assertHidden(error, ["xxxx"]);
});

test("kubeconfig: a text as a name or a command shows in no error", async () => {
  for (const text of TEXTS) {
    const kubeconfig = parseKubeconfig("{}");
    const named = withField("users.0.name", text);
    const exec = withField("users.0.user.exec.command", text);
    for (
      const call of [
        () => kubeconfig.resolve(text),
        () => toKubeconfig(named, "it", null, null).resolve(),
        () => toKubeconfig(exec, "it", null, null).resolve(),
      ]
    ) assertHidden(await failure(call), [...HIDDEN, text]);
  }
});
