import { assertEquals, assertRejects } from "@std/assert";
import { test } from "../../harness.ts";
import type { ClusterConfig } from "../../../src/config/cluster_config.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { hostOf } from "../../../src/platform/host.ts";
import { toKubeconfig } from "../../../src/config/kubeconfig.ts";
import { FakeHost } from "../../support/fake_host.ts";
import {
  AUTHORITY,
  CERTIFICATE,
  KEY,
  REAL,
  UNPARSABLE,
} from "../../support/pem.ts";

const { signal } = new AbortController();
const NEWER = CERTIFICATE.replace("MIIB", "MIIC");

function resolve(
  user: Record<string, string>,
  host: FakeHost,
): Promise<ClusterConfig> {
  const value = {
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server: "https://c.test" } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  };
  return toKubeconfig(value, "the kubeconfig", "/etc/kube", host).resolve();
}

async function certificateOf(config: ClusterConfig): Promise<unknown> {
  return (await config.authenticate(signal)).tls.clientCertificate;
}

const FILES = { "client-certificate": "tls.crt", "client-key": "tls.key" };

const filled = () =>
  new FakeHost({
    files: { "/etc/kube/tls.crt": CERTIFICATE, "/etc/kube/tls.key": KEY },
  });

test("client certificate: files are read at each connection", async () => {
  const host = filled();
  const config = await resolve(FILES, host);
  assertEquals(await certificateOf(config), CERTIFICATE);
  host.files["/etc/kube/tls.crt"] = NEWER;
  assertEquals(await certificateOf(config), NEWER);
});

test("client certificate: unchanged files give the same TLS options", async () => {
  const config = await resolve(FILES, filled());
  const first = await config.authenticate(signal);
  assertEquals((await config.authenticate(signal)).tls === first.tls, true);
});

for (
  const [what, spoil] of [
    ["are gone", (host: FakeHost) => delete host.files["/etc/kube/tls.crt"]],
    [
      "hold no certificate",
      (host: FakeHost) => host.files["/etc/kube/tls.crt"] = "half of",
    ],
    ["hold no key", (host: FakeHost) => host.files["/etc/kube/tls.key"] = ""],
  ] as const
) {
  test(`client certificate: while the files ${what}, the last one stays in use`, async () => {
    const host = filled();
    const config = await resolve(FILES, host);
    spoil(host);
    assertEquals(await certificateOf(config), CERTIFICATE);
    host.files["/etc/kube/tls.crt"] = NEWER;
    host.files["/etc/kube/tls.key"] = KEY;
    assertEquals(await certificateOf(config), NEWER);
  });
}

test("client certificate: after a 401 a new one is tried once", async () => {
  const host = filled();
  const config = await resolve(FILES, host);
  const refused = await config.authenticate(signal);
  assertEquals(await refused.renew(signal), null);
  host.files["/etc/kube/tls.crt"] = NEWER;
  const other = await refused.renew(signal);
  assertEquals(other?.tls.clientCertificate, NEWER);
  assertEquals(await other?.renew(signal), null);
});

test("client certificate: a token beside it stays", async () => {
  const config = await resolve({ ...FILES, token: "s3cret" }, filled());
  const { headers, tls } = await config.authenticate(signal);
  assertEquals(headers, { authorization: "Bearer s3cret" });
  assertEquals(tls.clientKey, KEY);
});

test("client certificate: inline data is not read again", async () => {
  const host = new FakeHost();
  const config = await resolve({
    "client-certificate-data": btoa(CERTIFICATE),
    "client-key-data": btoa(KEY),
  }, host);
  assertEquals(await certificateOf(config), CERTIFICATE);
  assertEquals(host.readPaths, []);
});

test("client certificate: an abort while the files are read rejects with the signal's reason", async () => {
  const host = filled();
  const config = await resolve(FILES, host);
  const abort = new AbortController();
  host.readFile = () => new Promise(() => {});
  const asked = config.authenticate(abort.signal);
  const reason = new Error("enough");
  abort.abort(reason);
  assertEquals(await asked.catch((error) => error), reason);
});

test("client certificate: files without one at the start are refused", async () => {
  const host = new FakeHost({
    files: { "/etc/kube/tls.crt": AUTHORITY, "/etc/kube/tls.key": "no" },
  });
  await assertRejects(() => resolve(FILES, host), Error, "client-key");
});

const [OLD, NEW] = REAL as [typeof REAL[0], typeof REAL[0]];

/** A host with the client certificate's files, which parses certificates. */
function parsing(certificate: string, key: string): FakeHost {
  const host = new FakeHost({
    files: { "/etc/kube/tls.crt": certificate, "/etc/kube/tls.key": key },
  });
  host.parser = hostOf();
  return host;
}

test("client certificate: halfway through a rotation the last one stays in use", async () => {
  const host = parsing(OLD.certificate, OLD.key);
  const config = await resolve(FILES, host);
  assertEquals(await certificateOf(config), OLD.certificate);
  host.files["/etc/kube/tls.crt"] = NEW.certificate;
  assertEquals(await certificateOf(config), OLD.certificate);
  host.files["/etc/kube/tls.crt"] = UNPARSABLE;
  assertEquals(await certificateOf(config), OLD.certificate);
  host.files["/etc/kube/tls.crt"] = NEW.certificate;
  host.files["/etc/kube/tls.key"] = NEW.key;
  const { tls } = await config.authenticate(signal);
  assertEquals([tls.clientCertificate, tls.clientKey], [
    NEW.certificate,
    NEW.key,
  ]);
});

test("client certificate: a problem at the start names the field and the user", async () => {
  const of = 'of the user "u" in the kubeconfig: ';
  const damagedKey = OLD.key.replace("MIGH", "MIGX");
  for (
    const [certificate, key, message] of [
      [
        OLD.certificate,
        NEW.key,
        `client-certificate ${of}it does not belong to the private key`,
      ],
      [UNPARSABLE, OLD.key, `client-certificate ${of}it cannot be parsed`],
      [OLD.certificate, damagedKey, `client-key ${of}it cannot be parsed`],
    ] as const
  ) {
    const data = {
      "client-certificate-data": btoa(certificate),
      "client-key-data": btoa(key),
    };
    await assertRejects(
      () => resolve(FILES, parsing(certificate, key)),
      ConfigurationError,
      message,
    );
    await assertRejects(
      () => resolve(data, parsing(certificate, key)),
      ConfigurationError,
      message,
    );
  }
});
