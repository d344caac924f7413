import { rename, rm, writeFile } from "node:fs/promises";
import type { ClusterUser } from "./api_server/access.ts";
import { ApiServer } from "./api_server/api_server.ts";
import type {
  LogFault,
  PortForwardFault,
  RequestFault,
  SessionFault,
  WatchFault,
} from "./api_server/fault.ts";
import type {
  CertificateAuthority,
  PemPair,
  ServerCertificateOptions,
} from "./certificates/certificates.ts";
import {
  ADMINISTRATOR,
  type ClusterCertificates,
  clusterCertificates,
} from "./certificates/cluster_certificates.ts";
import type { Resource } from "../client/resource.ts";
import { ConfigurationError } from "../errors.ts";
import { serveApi } from "./serve_api.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import { LocalContainer } from "./containers/local_container.ts";
import { connectLocalPort } from "./port_forward/local_port.ts";
import type { PodPorts } from "./port_forward/pod_connection.ts";
import { portDialer } from "./port_forward/port_dialer.ts";
import { seesClientCertificates } from "./server/tls_listener.ts";
import { type HttpServer, startHttpServer } from "./server/http_server.ts";

/** Options of {@linkcode startCluster}. */
export interface ClusterOptions {
  /** Serve HTTPS (the default) or plain HTTP. */
  readonly tls?: boolean;
  /**
   * The authority to sign with, an EC P-256 one. Defaults to a new one. Clusters
   * that get the same object share their certificates, and start faster.
   */
  readonly certificateAuthority?: PemPair;
  /** The contents of the server certificate. */
  readonly serverCertificate?: ServerCertificateOptions;
  /**
   * The channel protocols that the server accepts; with `"v5"` it has the tunnel
   * of port-forward, too. Defaults to `["v5", "v4"]`, as an API server of
   * Kubernetes 1.31 or later. A pod's annotation `podwire.dev/protocol`
   * overrides it.
   */
  readonly protocols?: readonly ("v5" | "v4")[];
  /** Milliseconds from a pod's creation until it runs. Defaults to 100. */
  readonly startupDelay?: number;
  /** Users in addition to the administrator. */
  readonly users?: readonly ClusterUser[];
  /** Custom resources to serve, from `defineResource`. */
  readonly resources?: readonly Resource[];
  /**
   * Whether controllers act on objects: workloads make pods, services get
   * endpoints, and dependents are deleted with their owners. Defaults to true.
   */
  readonly controllers?: boolean;
  /**
   * What port-forward connects to: a function for every port of every pod, or,
   * by the port, a function or another port of this machine. By default, and for
   * ports that are not listed, port N of a pod is port N of this machine.
   */
  readonly ports?: PodPorts;
  /** A path prefix, as behind a proxy: `"/clusters/one"`. */
  readonly pathPrefix?: string;
  /** The namespace in the kubeconfig. Defaults to `default`. */
  readonly namespace?: string;
}

/** Options for `createClient` that reach a test cluster. */
export interface ClusterClientOptions {
  /** The server's URL. */
  readonly server: string;
  /** The administrator's bearer token. */
  readonly token: string;
  /** The namespace of calls that name none. */
  readonly namespace: string;
  /** The authority's certificate as PEM; absent with `tls: false`. */
  readonly certificateAuthority?: string;
}

/** A cluster that runs in this process. */
export interface Cluster extends AsyncDisposable {
  /** The server's URL, including the path prefix. */
  readonly server: string;
  /** The authority's certificate as PEM; null with `tls: false`. */
  readonly certificateAuthority: string | null;
  /** The administrator's bearer token. */
  readonly token: string;
  /**
   * The administrator's client certificate as PEM; null with `tls: false`, and
   * on Deno 2.5, whose servers cannot request one.
   */
  readonly clientCertificate: string | null;
  /** The private key of `clientCertificate` as PEM. */
  readonly clientKey: string | null;
  /** The namespace in the kubeconfig and the client options. */
  readonly namespace: string;
  /** A kubeconfig with the administrator's token. */
  readonly kubeconfig: string;
  /**
   * A fault to inject into exec and attach sessions. A pod's annotation
   * `podwire.dev/fault` overrides it.
   */
  fault: SessionFault | null;
  /**
   * A fault to inject into followed logs. A pod's annotation
   * `podwire.dev/log-fault` overrides it.
   */
  logFault: LogFault | null;
  /**
   * A fault to inject into port-forwards. A pod's annotation
   * `podwire.dev/port-forward-fault` overrides it.
   */
  portForwardFault: PortForwardFault | null;
  /** A fault to inject into watches. */
  watchFault: WatchFault | null;
  /** A fault to inject into requests and upgrades of any kind. */
  requestFault: RequestFault | null;
  /** The number of open connections. */
  readonly connections: number;
  /** The options to pass to `createClient`. */
  clientOptions(): ClusterClientOptions;
  /**
   * Issues a client certificate for a user.
   *
   * @throws {ConfigurationError} With `tls: false`, and on Deno 2.5.
   */
  issueClientCertificate(user: string): Promise<PemPair>;
  /**
   * Discards the history of changes, as etcd's compaction does after some
   * minutes: watches and paged lists that continue from before get a 410.
   */
  compact(): void;
  /**
   * Ends every followed log now, cleanly, while its container runs, as an API
   * server that loses the kubelet.
   */
  cutLogs(): void;
  /**
   * Writes the kubeconfig to a file that only its owner can read, except on
   * Windows, where it has the rights of its folder. Replaces an existing file.
   */
  writeKubeconfig(path: string): Promise<void>;
  /** Ends all processes, connections and the server. Idempotent. */
  close(): Promise<void>;
  /** Closes the cluster. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a Kubernetes API server in this process, on a free port of 127.0.0.1.
 * Pods run: their containers are local processes, without isolation, and images
 * are ignored, except that one of a registry below `.invalid` cannot be pulled.
 * Deployments, ReplicaSets, StatefulSets, DaemonSets and Jobs make pods and roll
 * out changes, and Services have EndpointSlices. Other objects are stored and
 * watched. Any namespace can be used without creating it.
 *
 * Bun 1.3 reads a process's output without bounds, so a slow client does not
 * block the process, and half-closed connections to its sockets lose bytes. On
 * Bun and Node a process's streams are socket pairs, which cannot be opened by
 * name as `/dev/stdout`.
 *
 * A container without a command runs a shell if it has `stdin: true`, and
 * otherwise waits for its end. Terminals use `script` of util-linux, so they
 * need Linux. On macOS, closing the cluster misses processes that have left their
 * group. On Windows no container starts, and its state says so: there the cluster
 * serves objects, watches and refusals, and `memoryTransport` sessions. On Deno
 * 2.5 servers cannot request client certificates.
 *
 * @example A pod that runs a command
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
    runtime: { start: (spec, owner) => new LocalContainer(spec, owner) },
    dial: portDialer(options.ports ?? {}, connectLocalPort),
    users: [{ name: ADMINISTRATOR, token }, ...options.users ?? []],
    startupDelay: options.startupDelay ?? 100,
    protocols: options.protocols ?? ["v5", "v4"],
    resources: options.resources ?? [],
    controllers: options.controllers ?? true,
    namespaces: ["default", namespace],
  });
  const certificates = options.tls === false ? null : await clusterCertificates(
    options.certificateAuthority,
    options.serverCertificate,
  );
  const authority = certificates?.authority ?? null;
  const client = certificates?.administrator;
  const server = await startServer(api, certificates, pathPrefix);
  const url = server.url + pathPrefix;
  const certificateAuthority = authority?.certificate ?? null;
  const kubeconfig = kubeconfigText({
    server: url,
    namespace,
    certificateAuthority,
    user: { token },
  });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => closing ??= closeAll(server, api);

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
      return api.logFault.fault;
    },
    set logFault(fault) {
      api.logFault.fault = fault;
    },
    get portForwardFault() {
      return api.portForwardFault.fault;
    },
    set portForwardFault(fault) {
      api.portForwardFault.fault = fault;
    },
    get watchFault() {
      return api.watchFault.fault;
    },
    set watchFault(fault) {
      api.watchFault.fault = fault;
    },
    get requestFault() {
      return api.requestFault.fault;
    },
    set requestFault(fault) {
      api.requestFault.fault = fault;
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
    writeKubeconfig: (path) => replaceFile(path, kubeconfig),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Readers of the old file never see the new text. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
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
        "servers on Deno 2.5 cannot request one",
    );
  }
  return await authority.issueClient({ user });
}

function startServer(
  api: ApiServer,
  certificates: ClusterCertificates | null,
  pathPrefix: string,
): Promise<HttpServer> {
  const tls = certificates && {
    ...certificates.server,
    clientAuthority: certificates.authority.certificate,
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
