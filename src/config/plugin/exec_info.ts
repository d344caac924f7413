import { encodeBase64, encodeText } from "../../bytes.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import type { Section } from "../section.ts";
import type { PluginSettings } from "./plugin_settings.ts";

/** The environment variable that tells a plugin what it is asked for. */
export const EXEC_INFO = "KUBERNETES_EXEC_INFO";

/** The extension of a cluster that is meant for plugins. */
const EXTENSION = "client.authentication.k8s.io/exec";

/** A cluster, as `ExecCredential` has it: client.authentication.k8s.io, `Cluster`. */
export type ClusterInfo = Readonly<Record<string, unknown>>;

/** What a plugin is told of the cluster if it asks. */
export function clusterInfo(cluster: Section, tls: TlsOptions): ClusterInfo {
  const { certificateAuthority } = tls;
  return {
    server: cluster.string("server"),
    "tls-server-name": cluster.string("tls-server-name"),
    "insecure-skip-tls-verify": cluster.boolean("insecure-skip-tls-verify") ||
      undefined,
    "certificate-authority-data": certificateAuthority === undefined
      ? undefined
      : encodeBase64(encodeText(certificateAuthority)),
    "proxy-url": cluster.string("proxy-url"),
    "disable-compression": cluster.boolean("disable-compression") || undefined,
    config: extensionOf(cluster),
  };
}

/** The value of {@linkcode EXEC_INFO}. */
export function execInfo(
  { apiVersion, provideClusterInfo }: PluginSettings,
  cluster: ClusterInfo,
  interactive: boolean,
): string {
  return JSON.stringify({
    kind: "ExecCredential",
    apiVersion,
    spec: { ...(provideClusterInfo ? { cluster } : {}), interactive },
  });
}

function extensionOf(cluster: Section): unknown {
  const ours = cluster.sections("extensions")
    .find((it) => it.string("name") === EXTENSION);
  return ours?.value("extension") ?? null;
}
