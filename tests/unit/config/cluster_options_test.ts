import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ClusterOptions,
  configFromOptions,
} from "../../../src/config/cluster_options.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { headersOf } from "../../support/headers_of.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

const server = "https://10.0.0.1:6443/prefix";

test("cluster options: all of them are in the configuration", async () => {
  const config = configFromOptions({
    server,
    token: "s3cret",
    certificateAuthority: AUTHORITY,
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
    tlsServerName: "kube.internal",
    proxy: "http://user:pw@proxy:3128",
    namespace: "team",
  });
  assertEquals(config.server.href, server);
  assertEquals(config.tls, {
    certificateAuthority: AUTHORITY,
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
    serverName: "kube.internal",
  });
  assertEquals(config.proxy?.href, "http://user:pw@proxy:3128/");
  assertEquals(config.namespace, "team");
  assertEquals(await headersOf(config), {
    authorization: "Bearer s3cret",
  });
});

test("cluster options: the server alone is enough", async () => {
  const config = configFromOptions({
    server: new URL("http://localhost:8001"),
  });
  assertEquals(config.tls, {});
  assertEquals(config.proxy, null);
  assertEquals(config.namespace, null);
  assertEquals(await headersOf(config), {});
});

test("cluster options: insecureSkipTlsVerify reaches the transport, false does not", () => {
  const tlsOf = (insecureSkipTlsVerify: boolean) =>
    configFromOptions({ server, insecureSkipTlsVerify }).tls;
  assertEquals(tlsOf(true), { insecureSkipTlsVerify: true });
  assertEquals(tlsOf(false), {});
});

test("cluster options: tls stays the same object", () => {
  const config = configFromOptions({ server, certificateAuthority: AUTHORITY });
  assertEquals(config.tls === config.tls, true);
});

test("cluster options: a token function is called for each connection", async () => {
  let asked = 0;
  const token = () => Promise.resolve(`token-${++asked}`);
  const config = configFromOptions({ server, token });
  const first = await headersOf(config);
  const second = await headersOf(config);
  assertEquals(first?.authorization, "Bearer token-1");
  assertEquals(second?.authorization, "Bearer token-2");
});

test("cluster options: a token function's failure is the cause of a ConfigurationError", async () => {
  const cause = new Error("vault is sealed");
  const token = () => Promise.reject(cause);
  const config = configFromOptions({ server, token });
  const error = await assertRejects(
    () => headersOf(config),
    ConfigurationError,
    'the option "token"',
  );
  assertEquals(error.cause, cause);
});

test("cluster options: a token function that hangs ends with the signal", async () => {
  const controller = new AbortController();
  const token = () => new Promise<string>(() => {});
  const pending = headersOf(
    configFromOptions({ server, token }),
    controller.signal,
  );
  const reason = new Error("enough");
  controller.abort(reason);
  const error = await assertRejects(() => pending);
  assertEquals(error, reason);
});

const bad: [name: string, options: Record<string, unknown>][] = [
  ["server", { server: "10.0.0.1:6443" }],
  ["server", { server: "ftp://10.0.0.1" }],
  ["server", { server: "" }],
  ["server", { server: 7 }],
  ["server", { server: null }],
  ["server", { server: "https://me:s3cret@10.0.0.1" }],
  ["server", { server: "https://10.0.0.1/?token=s3cret" }],
  ["token", { token: "" }],
  ["token", { token: "s3cret\r\nx-evil: 1" }],
  ["token", { token: { value: "s3cret" } }],
  ["token", { server: "http://10.0.0.1", token: "s3cret" }],
  ["token", { server: "http://10.0.0.1", token: () => "s3cret" }],
  ["token", { server: "http://127.0.0.1.test", token: "s3cret" }],
  ["certificateAuthority", { certificateAuthority: "s3cret" }],
  ["clientCertificate", { clientCertificate: CERTIFICATE }],
  ["clientKey", { clientKey: KEY }],
  ["clientKey", { clientCertificate: CERTIFICATE, clientKey: CERTIFICATE }],
  ["clientCertificate", { clientCertificate: KEY, clientKey: KEY }],
  ["insecureSkipTlsVerify", { insecureSkipTlsVerify: "no" }],
  ["insecureSkipTlsVerify", {
    insecureSkipTlsVerify: true,
    certificateAuthority: AUTHORITY,
  }],
  ["tlsServerName", { tlsServerName: "" }],
  ["proxy", { proxy: "proxy:3128" }],
  ["proxy", { proxy: "socks4://me:s3cret@proxy:1080" }],
  ["namespace", { namespace: "" }],
  ["namespace", { namespace: 1 }],
];

test("cluster options: an invalid one is a ConfigurationError with its name and no secret", () => {
  for (const [name, options] of bad) {
    const given = { server, ...options } as unknown as ClusterOptions;
    const error = assertThrows(
      () => configFromOptions(given),
      ConfigurationError,
      `Cannot use the option "${name}"`,
    );
    assertHidden(error, ["s3cret", "MIIB"]);
  }
});

test("cluster options: a token function's invalid token is refused without being shown", async () => {
  for (const value of ["", "s3cret\n", undefined]) {
    const token = () => Promise.resolve(value as string);
    const error = await assertRejects(
      () => headersOf(configFromOptions({ server, token })),
      ConfigurationError,
      'Cannot use the option "token"',
    );
    assertHidden(error, ["s3cret"]);
  }
});

test("a configuration shows no secret in any inspection", () => {
  const config = configFromOptions({
    server,
    token: "s3cret",
    clientCertificate: CERTIFICATE,
    clientKey: KEY,
    proxy: "http://user:pr0xy@proxy:3128",
  });
  assertHidden(config, ["s3cret", "MIIB", "pr0xy"]);
});

test("cluster options: a token goes to this machine over http:", async () => {
  for (const host of ["localhost:8001", "127.8.8.8", "[::1]"]) {
    const config = configFromOptions({ server: `http://${host}`, token: "t" });
    assertEquals(await headersOf(config), { authorization: "Bearer t" });
  }
});
