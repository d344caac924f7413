import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import type { ClusterConfig } from "../../../src/config/cluster_config.ts";
import { isCredentialsFailure } from "../../../src/config/credentials.ts";
import {
  type Kubeconfig,
  toKubeconfig,
} from "../../../src/config/kubeconfig.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost } from "../../support/fake_host.ts";
import { rejection } from "../../support/async.ts";
import { headersOf } from "../../support/headers_of.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

type Fields = Record<string, unknown>;
const server = "https://10.0.0.1:6443";

/** A kubeconfig with one context, in the directory `/etc/kube`. */
function kubeconfig(
  cluster: Fields,
  user: Fields = {},
  context: Fields = {},
  host: FakeHost = new FakeHost(),
): Kubeconfig {
  const value = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
    contexts: [{
      name: "here",
      context: { cluster: "c", user: "u", ...context },
    }],
  };
  return toKubeconfig(value, "the kubeconfig", "/etc/kube", host);
}

function resolved(
  cluster: Fields,
  user: Fields = {},
  host: FakeHost = new FakeHost(),
): Promise<ClusterConfig> {
  return kubeconfig({ server, ...cluster }, user, {}, host).resolve();
}

test("kubeconfig: the current context's server, namespace and credentials", async () => {
  const config = await kubeconfig({ server: `${server}/k8s/clusters/c-1` }, {
    token: "s3cret",
  }, { namespace: "team" }).resolve();
  assertEquals(config.server.href, `${server}/k8s/clusters/c-1`);
  assertEquals(config.namespace, "team");
  assertEquals(await headersOf(config), {
    authorization: "Bearer s3cret",
  });
});

test("kubeconfig: disable-compression takes no gzip, beside impersonation", async () => {
  const user = { as: "carol" };
  const plain = await resolved({ "disable-compression": true }, user);
  assertEquals(await headersOf(plain), {
    "accept-encoding": "identity",
    "impersonate-user": "carol",
  });
  const gzip = await resolved({ "disable-compression": false }, user);
  assertEquals(await headersOf(gzip), { "impersonate-user": "carol" });
  const error = await rejection(
    resolved({ "disable-compression": "maybe" }),
    ConfigurationError,
  );
  assertMatch(error.message, /disable-compression.*true or false/);
});

test("kubeconfig: a context's namespace is default by default", async () => {
  const config = await resolved({});
  assertEquals(config.namespace, "default");
});

test("kubeconfig: another context can be selected", async () => {
  const several = toKubeconfig(
    {
      "current-context": "a",
      clusters: [
        { name: "a", cluster: { server: "https://a.test" } },
        { name: "b", cluster: { server: "https://b.test" } },
      ],
      contexts: [
        { name: "a", context: { cluster: "a" } },
        { name: "b", context: { cluster: "b" } },
      ],
    },
    "the kubeconfig",
    null,
    null,
  );
  assertEquals(several.contexts, ["a", "b"]);
  assertEquals(several.currentContext, "a");
  assertEquals((await several.resolve()).server.host, "a.test");
  assertEquals((await several.resolve("b")).server.host, "b.test");
});

test("kubeconfig: certificates come from data, decoded", async () => {
  const config = await resolved({
    "certificate-authority-data": btoa(AUTHORITY),
    "tls-server-name": "kube.internal",
    "proxy-url": "http://proxy:3128",
  }, {
    "client-certificate-data": btoa(CERTIFICATE),
    "client-key-data": btoa(KEY),
  });
  assertEquals(config.tls, {
    certificateAuthority: AUTHORITY,
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
    serverName: "kube.internal",
  });
  assertEquals(config.proxy?.href, "http://proxy:3128/");
});

test("kubeconfig: certificate files are relative to the kubeconfig's directory", async () => {
  const host = new FakeHost({
    files: {
      "/etc/kube/pki/ca.crt": AUTHORITY,
      "/etc/kube/client.crt": CERTIFICATE,
      "/abs/client.key": KEY,
    },
  });
  const config = await resolved({ "certificate-authority": "pki/ca.crt" }, {
    "client-certificate": "client.crt",
    "client-key": "/abs/client.key",
  }, host);
  assertEquals(config.tls, {
    certificateAuthority: AUTHORITY,
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
  });
});

test("kubeconfig: data takes precedence over a file, which is not read", async () => {
  const config = await resolved({
    "certificate-authority": "missing.crt",
    "certificate-authority-data": btoa(AUTHORITY),
  });
  assertEquals(config.tls.certificateAuthority, AUTHORITY);
});

test("kubeconfig: insecure-skip-tls-verify is honoured", async () => {
  const config = await resolved({ "insecure-skip-tls-verify": true });
  assertEquals(config.tls, { insecureSkipTlsVerify: true });
});

test("kubeconfig: tokenFile is read for each connection, and takes precedence over token", async () => {
  const host = new FakeHost();
  const user = { tokenFile: "token", token: "static" };
  const config = await resolved({}, user, host);
  const token = async () => (await headersOf(config))?.authorization;
  assertEquals(await token(), "Bearer static");
  host.files["/etc/kube/token"] = "first\n";
  assertEquals(await token(), "Bearer first");
  host.files["/etc/kube/token"] = "second\n";
  assertEquals(await token(), "Bearer second");
});

test("kubeconfig: a tokenFile that cannot be read fails the call, naming the file", async () => {
  const config = await resolved({}, { tokenFile: "token" });
  await assertRejects(
    () => headersOf(config),
    ConfigurationError,
    "cannot read /etc/kube/token (ENOENT)",
  );
});

test("kubeconfig: username and password are basic authentication, as UTF-8", async () => {
  const config = await resolved({}, { username: "zoë", password: "p:w" });
  assertEquals(await headersOf(config), {
    authorization: "Basic em/DqzpwOnc=",
  });
});

test("kubeconfig: impersonation becomes headers", async () => {
  const config = await resolved({}, {
    token: "s3cret",
    as: "jane",
    "as-uid": "42",
    "as-groups": ["dev"],
    "as-user-extra": { "acme.com/Scope": ["view"] },
  });
  assertEquals(await headersOf(config), {
    authorization: "Bearer s3cret",
    "impersonate-user": "jane",
    "impersonate-uid": "42",
    "impersonate-group": ["dev"],
    "impersonate-extra-acme.com%2Fscope": ["view"],
  });
});

test("kubeconfig: each group, and each value of an extra field, is a header of its own", async () => {
  const config = await resolved({}, {
    as: "jane",
    "as-groups": ["dev", "ops, and more"],
    "as-user-extra": { Scope: ["view", "edit"], scope: ["list"], none: [] },
  });
  assertEquals(await headersOf(config), {
    "impersonate-user": "jane",
    "impersonate-group": ["dev", "ops, and more"],
    "impersonate-extra-scope": ["view", "edit", "list"],
    "impersonate-extra-none": [],
  });
});

test("kubeconfig: impersonated names are sent as UTF-8", async () => {
  const config = await resolved({}, { as: "zoë", "as-groups": ["日本"] });
  assertEquals(await headersOf(config), {
    "impersonate-user": "zo\xc3\xab",
    "impersonate-group": ["\xe6\x97\xa5\xe6\x9c\xac"],
  });
});

test("kubeconfig: a context without a user is anonymous", async () => {
  const config = await kubeconfig({ server }, {}, { user: "" }).resolve();
  assertEquals(await headersOf(config), {});
});

test("kubeconfig: a server without a scheme is plain HTTP", async () => {
  const server = "10.0.0.1:8080";
  const data = { "certificate-authority-data": btoa(AUTHORITY) };
  const config = await resolved({ server, ...data });
  assertEquals(config.server.href, "http://10.0.0.1:8080/");
  assertEquals(config.tls, {});
});

test("kubeconfig: a query or a fragment of the server is ignored", async () => {
  const config = await resolved({ server: `${server}/a/b?token=s3cret#c` });
  assertEquals(config.server.href, `${server}/a/b`);
});

test("kubeconfig: credentials go to HTTPS or to this machine, impersonation anywhere", async () => {
  const user = { token: "s3cret", as: "jane" };
  const authorizationAt = async (server: string) => {
    const headers = await headersOf(await resolved({ server }, user));
    assertEquals(headers?.["impersonate-user"], "jane");
    return headers?.authorization;
  };
  for (const host of ["10.0.0.1", "kube.test", "127.0.0.1.test"]) {
    assertEquals(await authorizationAt(`http://${host}`), undefined);
    assertEquals(await authorizationAt(`https://${host}`), "Bearer s3cret");
  }
  for (const host of ["localhost:8001", "127.8.8.8", "[::1]"]) {
    assertEquals(await authorizationAt(`http://${host}`), "Bearer s3cret");
  }
});

test("kubeconfig: a client key without a certificate is ignored", async () => {
  const config = await resolved({}, { "client-key": "missing", token: "t" });
  assertEquals(config.tls, {});
});

test("kubeconfig: unquoted YAML numbers and booleans are not strings, as in kubectl", async () => {
  for (const [kind, value] of [["number", 1234], ["boolean", true]]) {
    await assertRejects(
      () => resolved({}, { username: "u", password: value }),
      ConfigurationError,
      `password of the user "u" in the kubeconfig: it is a ${kind} and must ` +
        "be a string, in quotes",
    );
  }
});

test("kubeconfig: the words for true and false are those of YAML 1.1", async () => {
  for (const word of [true, "y", "Yes", "ON"]) {
    const config = await resolved({ "insecure-skip-tls-verify": word });
    assertEquals(config.tls, { insecureSkipTlsVerify: true });
  }
  for (const word of [false, "n", "No", "OFF", null]) {
    const config = await resolved({ "insecure-skip-tls-verify": word });
    assertEquals(config.tls, {});
  }
});

const providers: [name: string, instead: string][] = [
  ["gcp", "install gke-gcloud-auth-plugin"],
  ["azure", "install kubelogin"],
  ["oidc", "kubectl oidc-login"],
  ["openstack", "client-keystone-auth"],
  ["s3cret", "use an exec credential plugin or a token"],
];

test("kubeconfig: a legacy auth-provider is refused with its successor", async () => {
  for (const [name, instead] of providers) {
    const config = { "id-token": "s3cret", "refresh-token": "s3cret" };
    const error = await assertRejects(
      () => resolved({}, { "auth-provider": { name, config } }),
      ConfigurationError,
      instead,
    );
    assertHidden(error, ["s3cret"]);
  }
});

const badEntries: [problem: string, cluster: Fields, user: Fields][] = [
  ['server of the cluster "c"', { server: "" }, {}],
  ['server of the cluster "c"', { server: "ftp://x" }, {}],
  ['server of the cluster "c"', { server: { s3cret: 1 } }, {}],
  ['proxy-url of the cluster "c"', { "proxy-url": "ftp://s3cret@p" }, {}],
  ["certificate-authority-data", { "certificate-authority-data": "%%" }, {}],
  ["certificate-authority", { "certificate-authority": "no.crt" }, {}],
  ["insecure-skip-tls-verify", {
    "insecure-skip-tls-verify": true,
    "certificate-authority-data": btoa(AUTHORITY),
  }, {}],
  ["insecure-skip-tls-verify", { "insecure-skip-tls-verify": "s3cret" }, {}],
  ["insecure-skip-tls-verify", { "insecure-skip-tls-verify": "true" }, {}],
  ["insecure-skip-tls-verify", { "insecure-skip-tls-verify": 1 }, {}],
  ['client-certificate of the user "u"', {}, {
    "client-certificate-data": btoa(CERTIFICATE),
  }],
  ['client-key of the user "u"', {}, {
    "client-certificate-data": btoa(CERTIFICATE),
    "client-key-data": btoa("s3cret"),
  }],
  ['token of the user "u"', {}, { token: "s3cret\nx" }],
  ['token of the user "u"', {}, { token: ["s3cret"] }],
  ['the user "u"', {}, { token: "s3cret", password: "s3cret" }],
  ['server of the cluster "c"', { server: "10.0.0.1/s3cret" }, {}],
  ['server of the cluster "c"', { server: "https://s3cret@10.0.0.1" }, {}],
  ['the user "u"', {}, { "as-groups": ["g"] }],
  ["as-groups", {}, { as: "jane", "as-groups": "s3cret" }],
  ['as of the user "u"', {}, { as: "s3cret\r\nx: y" }],
  ["as-user-extra", {}, { as: "jane", "as-user-extra": { "\ud800": ["x"] } }],
  ["as-user-extra", {}, { as: "jane", "as-user-extra": ["s3cret"] }],
];

test("kubeconfig: an invalid entry is a ConfigurationError with its name and no secret", async () => {
  for (const [problem, cluster, user] of badEntries) {
    const error = await assertRejects(
      () => resolved(cluster, user),
      ConfigurationError,
      problem,
    );
    assertHidden(error, ["s3cret", "MIIB"]);
  }
});

test("kubeconfig: missing entries are named, with the existing ones", async () => {
  const good = kubeconfig({ server });
  await assertRejects(
    () => good.resolve("elsewhere"),
    ConfigurationError,
    'there is no context "elsewhere"; it has "here"',
  );
  await assertRejects(
    () => kubeconfig({ server }, {}, { cluster: "gone" }).resolve(),
    ConfigurationError,
    'Cannot use the context "here" in the kubeconfig: there is no cluster "gone"; ' +
      'the clusters are "c"',
  );
  await assertRejects(
    () => kubeconfig({ server }, {}, { user: "gone" }).resolve(),
    ConfigurationError,
    'there is no user "gone"; the users are "u"',
  );
  await assertRejects(
    () => toKubeconfig({}, "the kubeconfig", null, null).resolve(),
    ConfigurationError,
    "it has no current context, and no context is given; it has none",
  );
});

test("kubeconfig: a relative path without a directory is refused", async () => {
  const value = {
    "current-context": "x",
    clusters: [{
      name: "c",
      cluster: { server, "certificate-authority": "ca.crt" },
    }],
    contexts: [{ name: "x", context: { cluster: "c" } }],
  };
  await assertRejects(
    () => toKubeconfig(value, "the kubeconfig", null, null).resolve(),
    ConfigurationError,
    "the path is relative",
  );
});

const noKubeconfigs: [problem: string, value: unknown][] = [
  ["it is not a mapping", []],
  ["it is not a mapping", "s3cret"],
  ["its kind is not Config", { kind: "Pod" }],
  ["clusters is not a list", { clusters: { s3cret: 1 } }],
  ["its apiVersion is not v1", { apiVersion: "v2" }],
  ["apiVersion of the kubeconfig: it is a number", { apiVersion: 1 }],
  ["users[0] is not a mapping", { users: ["s3cret"] }],
  ['there are two users named ""', { users: [null, { user: {} }] }],
  ["name of users[0] in the kubeconfig: it is a number", {
    users: [{ name: 1 }],
  }],
  ["users[0].user is not a mapping", {
    users: [{ name: "a", user: "s3cret" }],
  }],
  ['there are two users named "a"', { users: [{ name: "a" }, { name: "a" }] }],
  ["current-context", { "current-context": ["s3cret"] }],
];

test("kubeconfig: other content is a ConfigurationError with the reason", () => {
  for (const [problem, value] of noKubeconfigs) {
    const error = assertThrows(
      () => toKubeconfig(value, "the kubeconfig", null, null),
      ConfigurationError,
      problem,
    );
    assertHidden(error, ["s3cret"]);
  }
});

test("kubeconfig: an entry without a name belongs to contexts that name none", async () => {
  const nameless = toKubeconfig(
    {
      "current-context": "x",
      clusters: [{ cluster: { server } }],
      users: [null],
      contexts: [{ name: "x" }],
    },
    "the kubeconfig",
    null,
    null,
  );
  assertEquals((await nameless.resolve()).server.href, `${server}/`);
});

test("kubeconfig: names of Object's members are ordinary names", async () => {
  const value = JSON.parse(`{
    "current-context": "__proto__",
    "clusters": [{"name": "constructor", "cluster": {"server": "${server}"}}],
    "contexts": [{"name": "__proto__", "context": {"cluster": "constructor"}}]
  }`);
  const config = await toKubeconfig(value, "it", null, null).resolve();
  assertEquals(config.server.href, `${server}/`);
});

test("a kubeconfig shows no secret in any inspection", () => {
  const secret = kubeconfig({ server }, { token: "s3cret" });
  assertHidden(secret, ["s3cret"]);
});

test("kubeconfig: a 401 over http: says that the credentials are withheld", async () => {
  const cluster = { server: "http://10.0.0.1" };
  const signal = new AbortController().signal;
  const config = await resolved(cluster, { token: "s3cret" });
  const identity = await config.authenticate(signal);
  const error = await assertRejects(
    () => identity.renew(signal),
    ConfigurationError,
    "credentials are not sent over http: to another machine",
  );
  // Waiting does not help.
  assert(!isCredentialsFailure(error));
  assertHidden(error, ["s3cret"]);

  const anonymous = await resolved(cluster, { token: "" });
  const other = await anonymous.authenticate(signal);
  assertEquals(await other.renew(signal), null);
});

const base64Url = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
const jwt = (claims: unknown) => `${base64Url({})}.${base64Url(claims)}.s3cret`;

/** The user of a kubeconfig whose `auth-provider` is oidc. */
const oidc = (token: unknown, more: Fields = {}): Fields => ({
  "auth-provider": { name: "oidc", config: { "id-token": token } },
  ...more,
});

test("kubeconfig: a valid id-token of oidc is sent; other credentials take precedence", async () => {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  for (const claims of [{ exp }, { exp: String(exp) }, { exp: exp + 0.5 }]) {
    const token = jwt({ ...claims, name: "\u00ff\u00fe?>" });
    const authorization = `Bearer ${token}`;
    assertEquals(await headersOf(await resolved({}, oidc(token))), {
      authorization,
    });
  }
  for (const token of [jwt({ exp }), jwt({ exp: 1 }), undefined]) {
    const other = await resolved({}, oidc(token, { token: "t" }));
    assertEquals(await headersOf(other), { authorization: "Bearer t" });
    const basic = await resolved({}, oidc(token, { username: "a" }));
    assertEquals(await headersOf(basic), {
      authorization: `Basic ${btoa("a:")}`,
    });
  }
});

test("kubeconfig: an id-token that has expired says how to refresh it", async () => {
  const signal = new AbortController().signal;
  const soon = Date.now() / 1000 + 5;
  for (const claims of [{ exp: 1 }, { exp: soon }, {}, { exp: "x" }, null]) {
    const config = await resolved({}, oidc(jwt(claims)));
    const error = await assertRejects(
      () => config.authenticate(signal),
      ConfigurationError,
      "it has expired; run a command of kubectl, which refreshes it, or use an exec credential plugin",
    );
    assert(!isCredentialsFailure(error));
    assertHidden(error, ["s3cret"]);
  }
});

test("kubeconfig: an auth-provider without a usable id-token is refused", async () => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "x",
    interactiveMode: "Never",
  };
  for (
    const [user, problem] of [
      [oidc(undefined), "has no id-token"],
      [{ "auth-provider": { name: "oidc" } }, "has no id-token"],
      [oidc("s3cret"), "it is not a JWT"],
      [oidc("s3cret.s3cret.s3cret"), "it is not a JWT"],
      [oidc(jwt({}), { exec }), "both an auth-provider and an exec plugin"],
      [{ "auth-provider": { name: "gcp" }, token: "t" }, "gke-gcloud"],
    ] as [Fields, string][]
  ) {
    const error = await assertRejects(
      () => resolved({}, user),
      ConfigurationError,
      problem,
    );
    assertHidden(error, ["s3cret"]);
  }
});
