import { assertEquals, assertThrows } from "@std/assert";
import {
  clusterInfo,
  execInfo,
} from "../../../../src/config/plugin/exec_credential.ts";
import type { ExecConfig } from "../../../../src/config/plugin/exec_config.ts";
import { Mapping } from "../../../../src/config/kubeconfig_document.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { AUTHORITY } from "../../../support/pem.ts";

const apiVersion = "client.authentication.k8s.io/v1";
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
