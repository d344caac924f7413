import type { Host } from "../platform/host.ts";
import { ConfigurationError } from "../errors.ts";
import type { TlsOptions } from "../transport/transport.ts";
import { proxyUrl } from "./checks.ts";
import { dataOrFile, pairNames, pairOf, rotating } from "./client_pair.ts";
import { type ClusterConfig, ResolvedConfig } from "./cluster_config.ts";
import { anonymous } from "./credentials.ts";
import type { KubeconfigDocument } from "./document.ts";
import { impersonationHeaders } from "./impersonation.ts";
import { Section } from "./section.ts";
import { serverOf, takesCredentials } from "./server_url.ts";
import { tlsOptions } from "./tls_settings.ts";
import { userCredentials } from "./user_credentials.ts";

/**
 * Resolves a context of a kubeconfig: its cluster, its user, its namespace.
 *
 * @param name The context; null for the current one.
 * @throws {ConfigurationError} Names the entry that is missing or wrong.
 */
export async function resolveContext(
  document: KubeconfigDocument,
  name: string | null,
  host: Host | null,
): Promise<ClusterConfig> {
  const context = contextOf(document, name ?? document.currentContext);
  const cluster = named(document.clusters, context, "cluster");
  if (cluster === null) {
    throw new ConfigurationError(
      `Cannot use ${context.title}: it names no cluster`,
    );
  }
  const user = named(document.users, context, "user") ??
    new Section({}, `the user of ${context.title}`, null);
  const server = serverOf(cluster);
  const secure = server.protocol === "https:";
  const tls = secure ? await tlsOf(cluster, user, host) : {};
  const credentials = takesCredentials(server)
    ? userCredentials(user, cluster, tls, host)
    : anonymous;
  return new ResolvedConfig({
    server,
    tls,
    proxy: proxyUrl(cluster.string("proxy-url"), cluster.label("proxy-url")),
    namespace: context.string("namespace") ?? "default",
    credentials: rotating(credentials, tls, user, host),
    headers: impersonationHeaders(user),
  });
}

function contextOf(document: KubeconfigDocument, name: string | null): Section {
  const known = [...document.contexts.keys()].map((it) => `"${it}"`).join(", ");
  const choice = known ? `it has ${known}` : "it has none";
  if (name === null) {
    throw new ConfigurationError(
      `Cannot use ${document.origin}: no context is current, and none was ` +
        `asked for; ${choice}`,
    );
  }
  const context = document.contexts.get(name);
  if (!context) {
    throw new ConfigurationError(
      `Cannot use ${document.origin}: there is no context "${name}"; ${choice}`,
    );
  }
  return context;
}

/** The entry that a context names; the one without a name, or null, if it names none. */
function named(
  entries: ReadonlyMap<string, Section>,
  context: Section,
  kind: "cluster" | "user",
): Section | null {
  const name = context.string(kind) ?? "";
  const entry = entries.get(name);
  if (!entry) {
    if (name === "") return null;
    throw new ConfigurationError(
      `Cannot use ${context.title}: there is no ${kind} "${name}"`,
    );
  }
  return entry;
}

async function tlsOf(
  cluster: Section,
  user: Section,
  host: Host | null,
): Promise<TlsOptions> {
  return tlsOptions({
    certificateAuthority: await dataOrFile(
      cluster,
      "certificate-authority",
      host,
    ),
    ...await pairOf(user, host),
    insecureSkipTlsVerify: cluster.boolean("insecure-skip-tls-verify"),
    tlsServerName: cluster.string("tls-server-name"),
  }, {
    certificateAuthority: cluster.label("certificate-authority"),
    ...pairNames(user),
    insecureSkipTlsVerify: cluster.label("insecure-skip-tls-verify"),
    tlsServerName: cluster.label("tls-server-name"),
  });
}
