import type { Resource } from "../../client/resource.ts";
import { ConfigurationError } from "../../errors.ts";
import { handshakeError } from "../../transport/handshake_refusal.ts";
import type {
  Connection,
  HttpRequest,
  HttpResponse,
  Transport,
  TransportCapabilities,
  TransportTarget,
  UpgradeRequest,
} from "../../transport/transport.ts";
import type { ClusterUser } from "../api_server/access.ts";
import { ApiServer } from "../api_server/api_server.ts";
import type {
  LogFault,
  PortForwardFault,
  RequestFault,
  SessionFault,
  WatchFault,
} from "../api_server/fault.ts";
import type { PortHandler } from "../port_forward/pod_connection.ts";
import { portDialer } from "../port_forward/port_dialer.ts";
import { sleepUpTo } from "../sleep_up_to.ts";
import { MemoryConnection } from "./memory_connection.ts";
import { toApiRequest, toHttpResponse } from "./memory_http.ts";
import type { MemoryCommand } from "./memory_process.ts";
import {
  type MemoryCommands,
  ScriptedContainer,
} from "./scripted_container.ts";

/** Options of {@linkcode memoryTransport}. */
export interface MemoryTransportOptions {
  /**
   * The commands of `exec`: one script for all, or scripts by the name of the
   * program. A name without a script fails like a missing program.
   */
  readonly exec?: MemoryCommands;
  /**
   * The main process of every container, which `attach` connects to. Defaults
   * to one that waits until its pod is deleted.
   */
  readonly main?: MemoryCommand;
  /**
   * What serves the ports of pods: a function for all, or functions by the port.
   * Others are refused, as if nobody listened on them.
   */
  readonly ports?: PortHandler | Readonly<Record<number, PortHandler>>;
  /** Names of pods that run from the start, each with a container `main`. */
  readonly pods?: readonly string[];
  /** The namespace of `pods`. Defaults to `default`. */
  readonly namespace?: string;
  /** Milliseconds from a pod's creation until it runs. Defaults to 0. */
  readonly startupDelay?: number;
  /** The channel protocols that the server accepts. Defaults to both. */
  readonly protocols?: readonly ("v5" | "v4")[];
  /** Custom resources to serve, from `defineResource`. */
  readonly resources?: readonly Resource[];
  /**
   * Whether controllers act on objects: workloads make pods, services get
   * endpoints, and dependents are deleted with their owners. Defaults to true.
   */
  readonly controllers?: boolean;
  /** Users and their permissions. By default everything is allowed. */
  readonly users?: readonly ClusterUser[];
  /** A fault to inject into exec and attach sessions. */
  readonly fault?: SessionFault | null;
}

/** A transport to an API server in memory. */
export interface MemoryTransport extends Transport {
  /**
   * Discards the history of changes, as etcd's compaction does after some
   * minutes: watches and paged lists that continue from before get a 410.
   */
  compact(): void;
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
  /**
   * Ends every followed log now, cleanly, while its container runs, as an API
   * server that loses the kubelet.
   */
  cutLogs(): void;
}

const ALL: TransportCapabilities = {
  headers: true,
  tls: true,
  pause: true,
  ping: true,
  answer: true,
  tunnel: true,
  network: false,
};

/**
 * Creates a transport without sockets, for unit tests. Its API server in memory
 * stores objects of every kind, runs functions as commands and speaks the real
 * channel protocol. Workloads make pods. Everything happens within turns of the
 * event loop. TLS options and proxies are accepted and ignored.
 *
 * @example A command that counts its input
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { memoryTransport } from "@podwire/podwire/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const transport = memoryTransport({
 *   pods: ["web-0"],
 *   exec: {
 *     async wc({ stdin, stdout }) {
 *       let count = 0;
 *       for await (const chunk of stdin) count += chunk.byteLength;
 *       await stdout.write(`${count}\n`);
 *     },
 *     false: () => 1,
 *   },
 * });
 * const client = await createClient({ server: "https://memory", transport });
 * const pods = new Api(Pod, { client, namespace: "default" });
 *
 * const counted = await pods.exec.run("web-0", {
 *   command: ["wc", "-c"],
 *   stdin: "hello",
 * });
 * assertEquals(counted.text(), "5\n");
 *
 * const failed = await pods.exec.run("web-0", { command: ["false"] });
 * assertEquals(failed.exitCode, 1);
 * await client.close();
 * ```
 */
export function memoryTransport(
  options: MemoryTransportOptions = {},
): MemoryTransport {
  const { exec = {}, main = untilDeleted } = options;
  const api = new ApiServer({
    runtime: {
      start: (spec, owner) =>
        new ScriptedContainer({ exec, main }, spec, owner),
    },
    dial: portDialer(options.ports ?? {}, null),
    users: options.users ?? null,
    startupDelay: options.startupDelay ?? 0,
    protocols: options.protocols ?? ["v5", "v4"],
    resources: options.resources ?? [],
    controllers: options.controllers ?? true,
    namespaces: ["default", options.namespace ?? "default"],
  });
  api.fault = options.fault ?? null;
  for (const name of options.pods ?? []) {
    api.addRunning(name, options.namespace ?? "default");
  }
  return new ApiServerTransport(api);
}

class ApiServerTransport implements MemoryTransport {
  readonly name = "memory";
  readonly capabilities: TransportCapabilities = ALL;
  readonly #api: ApiServer;
  #closed = false;

  constructor(api: ApiServer) {
    this.#api = api;
  }

  compact(): void {
    this.#api.compact();
  }

  cutLogs(): void {
    this.#api.cutLogs();
  }

  get logFault(): LogFault | null {
    return this.#api.logFault.fault;
  }

  set logFault(fault: LogFault | null) {
    this.#api.logFault.fault = fault;
  }

  get portForwardFault(): PortForwardFault | null {
    return this.#api.portForwardFault.fault;
  }

  set portForwardFault(fault: PortForwardFault | null) {
    this.#api.portForwardFault.fault = fault;
  }

  get watchFault(): WatchFault | null {
    return this.#api.watchFault.fault;
  }

  set watchFault(fault: WatchFault | null) {
    this.#api.watchFault.fault = fault;
  }

  get requestFault(): RequestFault | null {
    return this.#api.requestFault.fault;
  }

  set requestFault(fault: RequestFault | null) {
    this.#api.requestFault.fault = fault;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    await this.#afterCaller(request);
    const response = this.#api.handle(toApiRequest(request));
    if (response.kind !== "upgrade") {
      return toHttpResponse(response, request.signal);
    }
    throw new TypeError(
      "Cannot send the request: it is an upgrade; use connect",
    );
  }

  async connect(request: UpgradeRequest): Promise<Connection> {
    await this.#afterCaller(request);
    const response = this.#api.handle(toApiRequest(request, {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-protocol": request.protocols.join(", "),
    }));
    if (response.kind === "upgrade") {
      if (response.delay > 0) await sleepUpTo(response.delay, request.signal);
      request.signal.throwIfAborted();
      const connection = new MemoryConnection(response.protocol);
      response.serve(connection.peer);
      return connection;
    }
    const { status, headers, body } = toHttpResponse(response, request.signal);
    const head = { version: "1.1", status, statusText: "", headers } as const;
    const { url, headers: sent } = request;
    throw await handshakeError(head, url.pathname, body, sent);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#api.close();
  }

  /** Continues after the caller, as over a network. */
  async #afterCaller({ signal }: TransportTarget): Promise<void> {
    signal.throwIfAborted();
    await Promise.resolve();
    signal.throwIfAborted();
    if (!this.#closed) return;
    throw new ConfigurationError(
      "Cannot send the request: the memory transport is closed",
    );
  }
}

function untilDeleted({ signal }: { signal: AbortSignal }): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
