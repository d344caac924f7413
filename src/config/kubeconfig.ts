import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";
import { quote } from "../redact.ts";
import type { RequestHeaders, TlsOptions } from "../transport/transport.ts";
import {
  certificateLabels,
  dataOrFile,
  readClientCertificate,
  withReloadedCertificate,
} from "./client_certificate.ts";
import { type ClusterConfig, ResolvedConfig } from "./cluster_config.ts";
import {
  anonymous,
  mayCarryCredentials,
  withheldCredentials,
} from "./credentials.ts";
import { impersonationHeaders } from "./impersonation.ts";
import {
  type KubeconfigDocument,
  Mapping,
  readDocument,
} from "./kubeconfig_document.ts";
import type { LoadYaml } from "./kubeconfig_text.ts";
import {
  type ConfigOverrides,
  isOverridden,
  NOTHING,
  overrideCluster,
  overrideContext,
  overrideUser,
} from "./overrides.ts";
import { userAuthenticator } from "./user_credentials.ts";
import { proxyUrl, refuse, serverUrl, tlsOptions } from "./validate.ts";

/** What a {@linkcode Kubeconfig} uses beside its content. */
export interface KubeconfigContext {
  /** Reads the files that it names; null if the runtime has none. */
  readonly host: Host | null;
  /** Parses a plugin's output that is not JSON; null if nothing can. */
  readonly loadYaml: LoadYaml | null;
  /** Replaces the current context. */
  readonly context?: string;
  /** Replaces fields of the context, its cluster and its user. */
  readonly overrides?: ConfigOverrides;
}

/**
 * A parsed kubeconfig: pass it to `createClient({ kubeconfig })`. Its content
 * does not show in an inspection.
 */
export class Kubeconfig {
  readonly #document: KubeconfigDocument;
  readonly #options: KubeconfigContext;

  /**
   * Called by `loadKubeconfig` and `parseKubeconfig`.
   *
   * @param document The content of the files.
   */
  constructor(document: KubeconfigDocument, options: KubeconfigContext) {
    this.#document = document;
    this.#options = options;
  }

  /** The names of its contexts. */
  get contexts(): string[] {
    return [...this.#document.contexts.keys()];
  }

  /** The names of its clusters. */
  get clusters(): string[] {
    return [...this.#document.clusters.keys()];
  }

  /** The names of its users. */
  get users(): string[] {
    return [...this.#document.users.keys()];
  }

  /**
   * The default context; null if there is none. As in kubectl, a context without
   * a name is the default if the kubeconfig names no other.
   */
  get currentContext(): string | null {
    const { currentContext, contexts } = this.#document;
    return this.#options.context ?? currentContext ??
      (contexts.has("") ? "" : null);
  }

  /**
   * Resolves a context; reads the certificate and key files that it names.
   *
   * @param context The context's name; defaults to the current context.
   * @throws {ConfigurationError} Names the entry that is missing or wrong.
   */
  resolve(context?: string): Promise<ClusterConfig> {
    const name = context ?? this.currentContext;
    return resolveContext(this.#document, name, this.#options);
  }
}

/**
 * Makes a kubeconfig from its parsed text.
 *
 * @param origin What messages call it.
 * @param directory The base of relative paths; null if unknown.
 * @throws {ConfigurationError} It is not a kubeconfig.
 */
export function toKubeconfig(
  value: unknown,
  origin: string,
  directory: string | null,
  host: Host | null,
  { context, loadYaml = null }: Omit<Partial<KubeconfigContext>, "host"> = {},
): Kubeconfig {
  const base = directory === null
    ? null
    : { path: directory, windows: host?.windows ?? false };
  const document = readDocument(value, origin, base);
  return new Kubeconfig(document, { host, loadYaml, context });
}

async function resolveContext(
  document: KubeconfigDocument,
  name: string | null,
  { host, loadYaml, overrides = NO_OVERRIDES }: KubeconfigContext,
): Promise<ClusterConfig> {
  const context = overrideContext(
    findContext(document, name, overrides),
    overrides,
  );
  const cluster = overrideCluster(
    findCluster(document, context, overrides),
    overrides,
  );
  const user = overrideUser(
    findEntry(document.users, context, "user") ??
      new Mapping({}, `the user of ${context.title}`, null),
    overrides,
  );
  const server = readServer(cluster);
  const secure = server.protocol === "https:";
  const tls = secure ? await readTls(cluster, user, host) : {};
  const authenticator = mayCarryCredentials(server)
    ? userAuthenticator(user, cluster, tls, { host, loadYaml })
    : hasCredentials(user)
    ? withheldCredentials(user.title)
    : anonymous;
  return new ResolvedConfig({
    server,
    tls,
    proxy: proxyUrl(cluster.string("proxy-url"), cluster.label("proxy-url")),
    namespace: context.string("namespace") ?? "default",
    authenticator: withReloadedCertificate(authenticator, tls, user, host),
    headers: { ...compressionHeaders(cluster), ...impersonationHeaders(user) },
  });
}

/** Without the header, the transport asks for gzip. */
function compressionHeaders(cluster: Mapping): RequestHeaders {
  return cluster.boolean("disable-compression")
    ? { "accept-encoding": "identity" }
    : {};
}

function hasCredentials(user: Mapping): boolean {
  return ["token", "tokenFile", "username", "password", "exec", "auth-provider"]
    .some((name) => user.has(name) && user.value(name) !== "");
}

const NO_OVERRIDES: ConfigOverrides = { context: {}, cluster: {}, user: {} };

/** Without a context, the overrides must name a cluster or its server. */
function findContext(
  document: KubeconfigDocument,
  name: string | null,
  overrides: ConfigOverrides,
): Mapping {
  if (
    name === null && (isOverridden(overrides.context, "cluster") ||
      isOverridden(overrides.cluster, "server"))
  ) {
    return new Mapping({}, NOTHING.origin, null);
  }
  const known = [...document.contexts.keys()].map(quote).join(", ");
  const choice = known ? `it has ${known}` : "it has none";
  if (name === null) {
    throw new ConfigurationError(
      `Cannot use ${document.origin}: it has no current context, and no ` +
        `context is given; ${choice}`,
    );
  }
  const context = document.contexts.get(name);
  if (!context) {
    throw new ConfigurationError(
      `Cannot use ${document.origin}: there is no context ${
        quote(name)
      }; ${choice}`,
    );
  }
  return context;
}

function findCluster(
  document: KubeconfigDocument,
  context: Mapping,
  overrides: ConfigOverrides,
): Mapping {
  const cluster = findEntry(document.clusters, context, "cluster");
  if (cluster !== null) return cluster;
  if (!isOverridden(overrides.cluster, "server")) {
    throw new ConfigurationError(
      `Cannot use ${context.title}: it names no cluster`,
    );
  }
  return new Mapping({}, `the cluster of ${context.title}`, null);
}

/** The entry that a context names; without a name, the nameless entry or null. */
function findEntry(
  entries: ReadonlyMap<string, Mapping>,
  context: Mapping,
  kind: "cluster" | "user",
): Mapping | null {
  const name = context.string(kind) ?? "";
  const entry = entries.get(name);
  if (!entry) {
    if (name === "") return null;
    throw new ConfigurationError(
      `Cannot use ${context.title}: there is no ${kind} ${quote(name)}; ` +
        `the ${kind}s are ${
          [...entries.keys()].map(quote).join(", ") || "none"
        }`,
    );
  }
  return entry;
}

/**
 * Reads a cluster's server as client-go does: without a scheme it is plain HTTP
 * and cannot have a path; query and fragment are ignored.
 */
function readServer(cluster: Mapping): URL {
  const label = cluster.label("server");
  const text = cluster.string("server")?.replace(/[?#].*$/s, "");
  if (text === undefined) refuse(label, "it is missing");
  return serverUrl(withScheme(text, label), label);
}

function withScheme(text: string, label: string): string {
  if (text.includes("://")) return text;
  if (/^[^/]+\/?$/.test(text)) return `http://${text}`;
  refuse(label, "it has a path, and so requires a scheme, as in https://");
}

async function readTls(
  cluster: Mapping,
  user: Mapping,
  host: Host | null,
): Promise<TlsOptions> {
  return tlsOptions({
    certificateAuthority: await dataOrFile(
      cluster,
      "certificate-authority",
      host,
    ),
    ...await readClientCertificate(user, host),
    insecureSkipTlsVerify: cluster.boolean("insecure-skip-tls-verify"),
    tlsServerName: cluster.string("tls-server-name"),
  }, {
    certificateAuthority: cluster.label("certificate-authority"),
    ...certificateLabels(user),
    insecureSkipTlsVerify: cluster.label("insecure-skip-tls-verify"),
    tlsServerName: cluster.label("tls-server-name"),
  }, host);
}
