import type { Host } from "../platform/host.ts";
import { type ClusterConfig, ResolvedConfig } from "./cluster_config.ts";
import { readEnv, readFile, readIfExists } from "./files.ts";
import { Kubeconfig } from "./kubeconfig.ts";
import {
  accountDocument,
  type ConfigOverrides,
  overridesNothing,
} from "./overrides.ts";
import { tokenFile } from "./token_source.ts";
import { serverUrl, tlsOptions } from "./validate.ts";

/** Where Kubernetes mounts a pod's service account. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

const TOKEN = "the service account's token";

const TLS_LABELS = {
  certificateAuthority: "the service account's ca.crt",
  clientCertificate: "the client certificate",
  clientKey: "the client key",
  insecureSkipTlsVerify: "insecureSkipTlsVerify",
  tlsServerName: "tlsServerName",
};

/**
 * The configuration inside a pod: the API server from the environment, and the
 * service account's token, which is read for each request because the kubelet
 * rotates it. `POD_NAMESPACE`, which kubectl uses too, overrides the service
 * account's namespace.
 *
 * @param overrides Of a command line: what counts instead.
 * @returns Null if this is not a pod.
 * @throws {ConfigurationError} The pod has no usable service account.
 */
export async function inClusterConfig(
  host: Host,
  overrides?: ConfigOverrides,
): Promise<ClusterConfig | null> {
  const hostname = readEnv(host, "KUBERNETES_SERVICE_HOST");
  const port = readEnv(host, "KUBERNETES_SERVICE_PORT");
  if (!hostname || !port) return null;
  const token = `${ACCOUNT}/token`;
  await readFile(host, token, TOKEN);
  const authority = await optionalFile(host, "ca.crt");
  const namespace = host.grantedEnv("POD_NAMESPACE") ??
    await optionalFile(host, "namespace");
  const server = serverUrl(
    `https://${bracketed(hostname)}:${port}`,
    "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT",
  );
  if (overrides !== undefined && !overridesNothing(overrides)) {
    const account = { server: server.href, namespace: namespace || null };
    const document = accountDocument({
      ...account,
      tokenFile: token,
      authority: authority === undefined ? null : `${ACCOUNT}/ca.crt`,
    });
    const context = { host, loadYaml: null, overrides };
    return await new Kubeconfig(document, context).resolve();
  }
  return new ResolvedConfig({
    server,
    tls: tlsOptions({ certificateAuthority: authority }, TLS_LABELS, host),
    proxy: null,
    namespace: namespace || null,
    authenticator: tokenFile(host, token, TOKEN),
  });
}

function bracketed(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

async function optionalFile(
  host: Host,
  name: string,
): Promise<string | undefined> {
  const origin = `the service account's ${name}`;
  const text = await readIfExists(readFile(host, `${ACCOUNT}/${name}`, origin));
  return text?.trim();
}
