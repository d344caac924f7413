import { chmod, writeFile } from "node:fs/promises";
import type { ClusterUser } from "./api_server/access.ts";
import { ApiServer } from "./api_server/api_server.ts";
import type { LogFault, SessionFault, WatchFault } from "./api_server/fault.ts";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  loadCertificateAuthority,
  type PemPair,
  type ServerCertificateOptions,
} from "./certificates/certificates.ts";
import type { Resource } from "../client/resource.ts";
import { ConfigurationError } from "../errors.ts";
import { serveApi } from "./serve_api.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import { LocalContainer } from "./containers/local_container.ts";
import { seesClientCertificates } from "./server/tls_listener.ts";
import { type HttpServer, startHttpServer } from "./server/http_server.ts";

/** How a test cluster is to be. */
export interface ClusterOptions {
  /** Serve HTTPS, which is the default, or plain HTTP. */
  readonly tls?: boolean;
  /** Sign with this authority, an EC P-256 one, instead of a new one. */
  readonly certificateAuthority?: PemPair;
  /** What the server's certificate says: other names, or that it ran out. */
  readonly serverCertificate?: ServerCertificateOptions;
  /**
   * The channel protocols: `["v5", "v4"]`, the default, as an API server of
   * 1.30 or later, or only one of them. A pod's annotation
   * `podwire.dev/protocol` overrides it.
   */
  readonly protocols?: readonly ("v5" | "v4")[];
  /** Milliseconds from a pod's creation until it runs; 100 by default. */
  readonly startupDelay?: number;
  /** Users besides the administrator. */
  readonly users?: readonly ClusterUser[];
  /** Custom resources to serve, as `defineResource` makes them. */
  readonly resources?: readonly Resource[];
  /** A path before every other, as behind a proxy: `"/clusters/one"`. */
  readonly pathPrefix?: string;
  /** The namespace in the kubeconfig; `default` by default. */
  readonly namespace?: string;
}

/** How to reach a cluster, in the words of `createClient`. */
export interface ClusterClientOptions {
  /** The server's URL. */
  readonly server: string;
  /** The administrator's bearer token. */
  readonly token: string;
  /** The namespace of the calls that name none. */
  readonly namespace: string;
  /** PEM; absent with `tls: false`. */
  readonly certificateAuthority?: string;
}

/** A cluster that runs in this process. */
export interface Cluster {
  /** The server's URL, with the path prefix if there is one. */
  readonly server: string;
  /** PEM; null with `tls: false`. */
  readonly certificateAuthority: string | null;
  /** The administrator's bearer token. */
  readonly token: string;
  /**
   * The administrator's client certificate, PEM; null with `tls: false`, and on
   * Deno 2.5, where a server does not see it.
   */
  readonly clientCertificate: string | null;
  /** The key of `clientCertificate`, PEM. */
  readonly clientKey: string | null;
  /** The namespace in the kubeconfig and the client options. */
  readonly namespace: string;
  /** A kubeconfig for the administrator, by token. */
  readonly kubeconfig: string;
  /** How sessions go wrong that would go well; a pod's annotation overrides it. */
  fault: SessionFault | null;
  /** How answers to followed logs are cut; a pod's annotation overrides it. */
  logFault: LogFault | null;
  /** How watches fail. */
  watchFault: WatchFault | null;
  /** How many connections are open. */
  readonly connections: number;
  /** What to pass to `createClient`. */
  clientOptions(): ClusterClientOptions;
  /**
   * Signs a client certificate for any user.
   *
   * @throws {ConfigurationError} With `tls: false`, and on Deno 2.5.
   */
  issueClientCertificate(user: string): Promise<PemPair>;
  /**
   * Forgets the history of changes, as real servers do after some minutes:
   * watches, and lists in pages, that go on from before get a 410.
   */
  compact(): void;
  /**
   * Ends the answers to followed logs that are under way, cleanly, while their
   * containers run, as an API server does that loses its kubelet.
   */
  cutLogs(): void;
  /** Writes the kubeconfig, readable by its owner only. */
  writeKubeconfig(path: string): Promise<void>;
  /** Ends every process, connection and the server. Idempotent. */
  close(): Promise<void>;
}

const ADMINISTRATOR = "podwire-admin";

/**
 * Starts a Kubernetes API endpoint in this process, on a free port of
 * 127.0.0.1, that answers as a real one does. Pods run: their containers are
 * processes of this machine, without isolation; images are not looked at. Other
 * objects are kept and watched, but nothing acts on them: a Deployment makes no
 * pods. Any namespace may be used, whether or not it was created.
 *
 * Bun 1.3 reads the output of a process without bounds, so that a slow client
 * does not hold it up; and on Bun and Node its streams are socket pairs, which
 * cannot be opened by name as `/dev/stdout`.
 *
 * A container without a command runs a shell if it has `stdin: true`, else
 * nothing. Terminals are made with `script` of util-linux, so they need Linux.
 * On Deno 2.5 a server does not see client certificates, so there are none.
 *
 * @example A pod that answers
 * ```ts
 * import { Api, createClient, isRunning, Pod } from "@podwire/podwire";
 * import { startCluster } from "@podwire/podwire/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const cluster = await startCluster();
 * const client = await createClient(cluster.clientOptions());
 * const pods = new Api(Pod, { client });
 *
 * await pods.create({
 *   metadata: { name: "web-0" },
 *   spec: { containers: [{ name: "main", image: "busybox" }] },
 * });
 * await pods.waitFor("web-0", isRunning);
 * const result = await pods.exec.run("web-0", { command: ["echo", "hello"] });
 * assertEquals(result.text(), "hello\n");
 *
 * await client.close();
 * await cluster.close();
 * ```
 */
export async function startCluster(
  options: ClusterOptions = {},
): Promise<Cluster> {
  const { namespace = "default", pathPrefix = "" } = options;
  const token = crypto.randomUUID();
  const api = new ApiServer({
    machine: { start: (spec, owner) => new LocalContainer(spec, owner) },
    users: [{ name: ADMINISTRATOR, token }, ...options.users ?? []],
    startupDelay: options.startupDelay ?? 100,
    protocols: options.protocols ?? ["v5", "v4"],
    resources: options.resources ?? [],
    namespaces: ["default", namespace],
  });
  const authority = options.tls === false ? null : await openAuthority(options);
  const server = await startServer(api, authority, options);
  const client = authority !== null && seesClientCertificates
    ? await authority.issueClient({ user: ADMINISTRATOR })
    : null;
  const url = server.url + pathPrefix;
  const certificateAuthority = authority?.certificate ?? null;
  const kubeconfig = kubeconfigText({
    server: url,
    namespace,
    certificateAuthority,
    user: { token },
  });
  let closing: Promise<void> | null = null;

  return {
    server: url,
    certificateAuthority,
    token,
    clientCertificate: client?.certificate ?? null,
    clientKey: client?.key ?? null,
    namespace,
    kubeconfig,
    get fault() {
      return api.fault;
    },
    set fault(fault) {
      api.fault = fault;
    },
    get logFault() {
      return api.logFault;
    },
    set logFault(fault) {
      api.logFault = fault;
    },
    get watchFault() {
      return api.watchFault;
    },
    set watchFault(fault) {
      api.watchFault = fault;
    },
    get connections() {
      return server.connections;
    },
    clientOptions: () => ({
      server: url,
      token,
      namespace,
      ...(certificateAuthority === null ? {} : { certificateAuthority }),
    }),
    compact: () => api.compact(),
    cutLogs: () => api.cutLogs(),
    issueClientCertificate: (user) => issueClient(authority, user),
    async writeKubeconfig(path) {
      await writeFile(path, kubeconfig, { mode: 0o600 });
      await chmod(path, 0o600);
    },
    close: () => closing ??= closeAll(server, api),
  };
}

async function issueClient(
  authority: CertificateAuthority | null,
  user: string,
): Promise<PemPair> {
  if (authority === null) {
    throw new ConfigurationError(
      "Cannot issue a client certificate: the cluster has no TLS",
    );
  }
  if (!seesClientCertificates) {
    throw new ConfigurationError(
      "Cannot issue a client certificate: " +
        "a server on Deno 2.5 does not see it",
    );
  }
  return await authority.issueClient({ user });
}

function openAuthority(
  { certificateAuthority }: ClusterOptions,
): Promise<CertificateAuthority> {
  return certificateAuthority === undefined
    ? createCertificateAuthority()
    : loadCertificateAuthority(certificateAuthority);
}

async function startServer(
  api: ApiServer,
  authority: CertificateAuthority | null,
  { serverCertificate, pathPrefix = "" }: ClusterOptions,
): Promise<HttpServer> {
  const tls = authority && {
    ...await authority.issueServer(serverCertificate),
    clientAuthority: authority.certificate,
  };
  return startHttpServer({
    tls,
    handle: (exchange) => serveApi(exchange, api, pathPrefix),
  });
}

async function closeAll(server: HttpServer, api: ApiServer): Promise<void> {
  await api.close();
  await server.close();
}
