import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";
import type { TlsOptions } from "../transport/transport.ts";
import {
  certificateLabels,
  dataOrFile,
  readClientCertificate,
  withRotation,
} from "./client_certificate.ts";
import { type ClusterConfig, ResolvedConfig } from "./cluster_config.ts";
import { anonymous } from "./credentials.ts";
import { impersonationHeaders } from "./impersonation.ts";
import {
  type KubeconfigDocument,
  Mapping,
  readDocument,
} from "./kubeconfig_document.ts";
import { userAuthenticator } from "./user_credentials.ts";
import { proxyUrl, refuse, serverUrl, tlsOptions } from "./validate.ts";

/**
 * A kubeconfig that has been read: pass it as `createClient({ kubeconfig })`.
 * What it holds shows in no inspection.
 */
export class Kubeconfig {
  readonly #document: KubeconfigDocument;
  readonly #host: Host | null;
  readonly #context: string | null;

  /**
   * Made by `loadKubeconfig` and `parseKubeconfig`.
   *
   * @param document What the files say.
   * @param host Where the files that it names are read; null when there are none.
   * @param context Used instead of the current context, if not null.
   */
  constructor(
    document: KubeconfigDocument,
    host: Host | null,
    context: string | null = null,
  ) {
    this.#document = document;
    this.#host = host;
    this.#context = context;
  }

  /** The names of its contexts. */
  get contexts(): string[] {
    return [...this.#document.contexts.keys()];
  }

  /** The context that counts unless another is asked for; null when there is none. */
  get currentContext(): string | null {
    return this.#context ?? this.#document.currentContext;
  }

  /**
   * Where a context leads; reads the certificate and key files that it names.
   *
   * @param context The context's name; the current one unless said.
   * @throws {ConfigurationError} Names the entry that is missing or wrong.
   */
  resolve(context?: string): Promise<ClusterConfig> {
    const name = context ?? this.currentContext;
    return resolveContext(this.#document, name, this.#host);
  }
}

/**
 * A kubeconfig from its parsed text.
 *
 * @param origin What to call it in messages.
 * @param folder Where relative paths count from; null when not known.
 * @throws {ConfigurationError} It is no kubeconfig.
 */
export function kubeconfigOf(
  value: unknown,
  origin: string,
  folder: string | null,
  host: Host | null,
  context: string | null = null,
): Kubeconfig {
  const place = folder === null
    ? null
    : { path: folder, windows: host?.windows ?? false };
  return new Kubeconfig(readDocument(value, origin, place), host, context);
}

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
  const context = findContext(document, name ?? document.currentContext);
  const cluster = findEntry(document.clusters, context, "cluster");
  if (cluster === null) {
    throw new ConfigurationError(
      `Cannot use ${context.title}: it names no cluster`,
    );
  }
  const user = findEntry(document.users, context, "user") ??
    new Mapping({}, `the user of ${context.title}`, null);
  const server = readServer(cluster);
  const secure = server.protocol === "https:";
  const tls = secure ? await readTls(cluster, user, host) : {};
  const credentials = mayCarryCredentials(server)
    ? userAuthenticator(user, cluster, tls, host)
    : anonymous;
  return new ResolvedConfig({
    server,
    tls,
    proxy: proxyUrl(cluster.string("proxy-url"), cluster.label("proxy-url")),
    namespace: context.string("namespace") ?? "default",
    authenticator: withRotation(credentials, tls, user, host),
    headers: impersonationHeaders(user),
  });
}

function findContext(
  document: KubeconfigDocument,
  name: string | null,
): Mapping {
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
      `Cannot use ${context.title}: there is no ${kind} "${name}"`,
    );
  }
  return entry;
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
  });
}

/**
 * The server of a kubeconfig's cluster, as client-go takes it: without a scheme
 * it is plain HTTP and has no path, and a query or a fragment does not count.
 *
 * @throws {ConfigurationError} It is none.
 */
export function readServer(cluster: Mapping): URL {
  const label = cluster.label("server");
  const text = cluster.string("server")?.replace(/[?#].*$/s, "");
  if (text === undefined) refuse(label, "there is none");
  return serverUrl(withScheme(text, label), label);
}

/**
 * Whether credentials may go there. As in client-go they are kept to HTTPS; but
 * what is sent to this very machine nobody overhears.
 */
export function mayCarryCredentials({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || hostname === "localhost" ||
    hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function withScheme(text: string, label: string): string {
  if (text.includes("://")) return text;
  if (/^[^/]+\/?$/.test(text)) return `http://${text}`;
  refuse(label, "it has a path, and so needs a scheme, as in https://");
}
