import { encodeText } from "../../../../src/bytes.ts";
import { Mapping } from "../../../../src/config/kubeconfig_document.ts";
import type { ExecConfig } from "../../../../src/config/plugin/exec_config.ts";
import {
  clusterInfo,
  execInfo,
  readExecCredential,
} from "../../../../src/config/plugin/exec_credential.ts";
import { parseYaml } from "../../../../src/config/yaml.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import { hostOf } from "../../../../src/platform/host.ts";
import { test } from "../../../harness.ts";
import {
  AUTHORITY,
  CERTIFICATE,
  KEY,
  REAL,
  UNPARSABLE,
} from "../../../support/pem.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { assertEquals, assertThrows } from "@std/assert";

const apiVersion = "client.authentication.k8s.io/v1";
const kind = "ExecCredential";
const token = "s3cret";

function read(output: unknown) {
  const text = typeof output === "string" ? output : JSON.stringify(output);
  return readExecCredential(encodeText(text), apiVersion, "the plugin", {
    parseYaml,
  });
}

const issued = (status: Record<string, unknown>) =>
  read({ apiVersion, kind, status });

test("readExecCredential: a token that does not expire", () => {
  const { credentials, expiresAt } = issued({ token });
  assertEquals(credentials, { authorization: "Bearer s3cret" });
  assertEquals(expiresAt, null);
});

test("readExecCredential: a certificate, alone or beside a token", () => {
  const data = { clientCertificateData: CERTIFICATE, clientKeyData: KEY };
  const certificate = { clientCertificate: CERTIFICATE, clientKey: KEY };
  assertEquals(issued(data).credentials, { certificate });
  assertEquals(issued({ ...data, token: "" }).credentials, { certificate });
  const both = issued({ ...data, token }).credentials;
  assertEquals(both, { authorization: "Bearer s3cret", certificate });
});

test("readExecCredential: unknown and empty fields are ignored", () => {
  const output = {
    apiVersion,
    kind,
    spec: { interactive: false },
    status: { token, clientKeyData: "", expirationTimestamp: null, more: 1 },
  };
  assertEquals(read(` \n${JSON.stringify(output)}\n`).expiresAt, null);
});

test("readExecCredential: an expiry in every form of RFC 3339", () => {
  const times: [timestamp: string, time: number | null][] = [
    ["2030-01-02T03:04:05Z", Date.UTC(2030, 0, 2, 3, 4, 5)],
    ["2030-01-02T03:04:05.678901234Z", Date.UTC(2030, 0, 2, 3, 4, 5, 678)],
    ["2030-01-02T03:04:05+01:30", Date.UTC(2030, 0, 2, 1, 34, 5)],
    ["0001-01-01T00:00:00Z", null],
  ];
  for (const [expirationTimestamp, time] of times) {
    assertEquals(issued({ token, expirationTimestamp }).expiresAt, time);
  }
});

const bad: [problem: string, output: unknown][] = [
  ["it is not an object in JSON or YAML", ""],
  ["its apiVersion is not", "token: s3cret"],
  ["it is not an object in JSON or YAML", `{"token": "s3cret"`],
  ["it is not an object in JSON or YAML", `logged in s3cret\n{}`],
  ["it is not an object in JSON or YAML", ["s3cret"]],
  ["its apiVersion is not", {}],
  ["its kind is not ExecCredential", {
    apiVersion,
    kind: "s3cret",
    status: { token },
  }],
  [`its apiVersion is not ${apiVersion}`, {
    apiVersion: `${apiVersion}beta1`,
    kind,
    status: { token },
  }],
  ["it has no status", { apiVersion, kind }],
  ["it has no status", { apiVersion, kind, status: "s3cret" }],
];

const badStatus: [problem: string, status: Record<string, unknown>][] = [
  ["it has neither a token nor a client certificate", {}],
  ["it has neither a token nor a client certificate", { token: "" }],
  ["the token in the output of the plugin", { token: ["s3cret"] }],
  ["characters that a token cannot have", { token: "s3cret\nx" }],
  ["it has only one of client certificate and key", {
    token,
    clientKeyData: KEY,
  }],
  ["it has only one of client certificate and key", {
    clientCertificateData: CERTIFICATE,
  }],
  ["clientCertificateData in the output", {
    clientCertificateData: "s3cret",
    clientKeyData: KEY,
  }],
  ["clientKeyData in the output", {
    clientCertificateData: CERTIFICATE,
    clientKeyData: CERTIFICATE,
  }],
  ["expirationTimestamp in the output", { token, expirationTimestamp: 1e12 }],
  ["expirationTimestamp in the output", {
    token,
    expirationTimestamp: "tomorrow",
  }],
  ["expirationTimestamp in the output", {
    token,
    expirationTimestamp: "2030-13-41T00:00:00Z",
  }],
];

test("readExecCredential: invalid output is a ConfigurationError with the reason and no secret", () => {
  const all = badStatus.map(([problem, status]) =>
    [problem, { apiVersion, kind, status }] as const
  );
  for (const [problem, output] of [...bad, ...all]) {
    const error = assertThrows(
      () => read(output),
      ConfigurationError,
      problem,
    );
    assertHidden(error, ["s3cret", "MIIB"]);
  }
});

test("readExecCredential: a certificate and a key that do not match name the plugin", () => {
  const [one, other] = REAL as [typeof REAL[0], typeof REAL[0]];
  for (
    const [clientCertificateData, problem] of [
      [other.certificate, "it does not belong to the private key"],
      [UNPARSABLE, "it cannot be parsed"],
    ] as const
  ) {
    const status = { clientCertificateData, clientKeyData: one.key };
    const output = encodeText(JSON.stringify({ apiVersion, kind, status }));
    assertThrows(
      () =>
        readExecCredential(output, apiVersion, "the plugin", {
          host: hostOf(),
        }),
      ConfigurationError,
      `Cannot use clientCertificateData in the output of the plugin: ${problem}`,
    );
  }
});

const server = "https://server.test:6443/prefix";

function info(
  cluster: Record<string, unknown>,
  { provideClusterInfo = true, interactive = false, tls = {} } = {},
): unknown {
  const section = new Mapping({ server, ...cluster }, "the cluster", null);
  const plugin = { apiVersion, provideClusterInfo } as ExecConfig;
  return JSON.parse(execInfo(plugin, clusterInfo(section, tls), interactive));
}

test("execInfo: the version and interactive; the cluster only on request", () => {
  for (const interactive of [true, false]) {
    const given = info({}, { interactive, provideClusterInfo: false });
    const kind = "ExecCredential";
    assertEquals(given, { kind, apiVersion, spec: { interactive } });
  }
});

test("execInfo: the whole cluster, with the extension for plugins", () => {
  const config = { audience: "a", nested: [1, null] };
  const given = info({
    "certificate-authority": "read/from/elsewhere",
    "tls-server-name": "kube.internal",
    "proxy-url": "http://proxy:3128",
    "disable-compression": true,
    extensions: [
      { name: "other", extension: { not: "this" } },
      { name: "client.authentication.k8s.io/exec", extension: config },
    ],
  }, { tls: { certificateAuthority: AUTHORITY } });
  assertEquals(given, {
    kind: "ExecCredential",
    apiVersion,
    spec: {
      interactive: false,
      cluster: {
        server,
        "tls-server-name": "kube.internal",
        "certificate-authority-data": btoa(AUTHORITY),
        "proxy-url": "http://proxy:3128",
        "disable-compression": true,
        config,
      },
    },
  });
});

test("execInfo: a minimal cluster, as client-go passes it", () => {
  const insecure = info({ "insecure-skip-tls-verify": true });
  assertEquals((insecure as { spec: unknown }).spec, {
    cluster: { server, "insecure-skip-tls-verify": true, config: null },
    interactive: false,
  });
});

test("clusterInfo: invalid extensions are a ConfigurationError", () => {
  for (const extensions of [{ s3cret: 1 }, ["s3cret"], [{ name: [] }]]) {
    assertThrows(() => info({ extensions }), ConfigurationError, "extensions");
  }
});
