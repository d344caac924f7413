import type { Resource } from "../../client/resource.ts";
import { ConfigurationError } from "../../errors.ts";
import { refusalOf } from "../../transport/handshake_refusal.ts";
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
  SessionFault,
  WatchFault,
} from "../api_server/fault.ts";
import { sleep } from "../sleep.ts";
import { MemoryConnection } from "./memory_connection.ts";
import { toApiRequest, toHttpResponse } from "./memory_http.ts";
import type { MemoryCommand } from "./memory_process.ts";
import {
  type MemoryCommands,
  ScriptedContainer,
} from "./scripted_container.ts";

/** What is behind a memory transport. */
export interface MemoryTransportOptions {
  /**
   * What `exec` runs: one script for every command, or scripts by the name of
   * the program. A name without a script fails as a missing program does.
   */
  readonly exec?: MemoryCommands;
  /**
   * What every container runs as its main process, which `attach` joins. By
   * default it does nothing until its pod is deleted.
   */
  readonly main?: MemoryCommand;
  /** The names of pods that run from the start, each with a container `main`. */
  readonly pods?: readonly string[];
  /** The namespace of `pods`; `default` by default. */
  readonly namespace?: string;
  /** Milliseconds from a pod's creation until it runs; 0 by default. */
  readonly startupDelay?: number;
  /** The channel protocols to accept; both by default. */
  readonly protocols?: readonly ("v5" | "v4")[];
  /** Custom resources to serve, as `defineResource` makes them. */
  readonly resources?: readonly Resource[];
  /** Who may do what; without it, everyone everything. */
  readonly users?: readonly ClusterUser[];
  /** How sessions go wrong that would go well. */
  readonly fault?: SessionFault | null;
}

/** A transport to a server in memory. */
export interface MemoryTransport extends Transport {
  /**
   * Forgets the history of changes, as real servers do after some minutes:
   * watches, and lists in pages, that go on from before get a 410.
   */
  compact(): void;
  /** How answers to followed logs are cut; a pod's annotation overrides it. */
  logFault: LogFault | null;
  /** How watches fail. */
  watchFault: WatchFault | null;
  /**
   * Ends the answers to followed logs that are under way, cleanly, while their
   * containers run, as an API server does that loses its kubelet.
   */
  cutLogs(): void;
}

const ALL: TransportCapabilities = {
  headers: true,
  tls: true,
  pause: true,
  ping: true,
  answer: true,
};

/**
 * A transport without sockets, for unit tests: a server in memory that keeps
 * objects of every kind and runs scripts for commands, and speaks the same
 * channel protocol as a real one. Only pods come to life. It takes no time but
 * the turns of the event loop. TLS options and proxies are accepted and mean
 * nothing.
 *
 * @example A command that counts what it reads
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
 * const client = await createClient({ server: "http://memory", transport });
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
    machine: {
      start: (spec, owner) =>
        new ScriptedContainer({ exec, main }, spec, owner),
    },
    users: options.users ?? null,
    startupDelay: options.startupDelay ?? 0,
    protocols: options.protocols ?? ["v5", "v4"],
    resources: options.resources ?? [],
    namespaces: ["default", options.namespace ?? "default"],
  });
  api.fault = options.fault ?? null;
  for (const name of options.pods ?? []) {
    api.addRunning(name, options.namespace ?? "default");
  }
  return new InMemory(api);
}

class InMemory implements MemoryTransport {
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
    return this.#api.logFault;
  }

  set logFault(fault: LogFault | null) {
    this.#api.logFault = fault;
  }

  get watchFault(): WatchFault | null {
    return this.#api.watchFault;
  }

  set watchFault(fault: WatchFault | null) {
    this.#api.watchFault = fault;
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    await this.#turn(request);
    const answer = this.#api.handle(toApiRequest(request));
    if (answer.kind !== "upgrade") {
      return toHttpResponse(answer, request.signal);
    }
    throw new TypeError("Cannot answer the request: it asks for an upgrade");
  }

  async connect(request: UpgradeRequest): Promise<Connection> {
    await this.#turn(request);
    const answer = this.#api.handle(toApiRequest(request, {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-protocol": request.protocols.join(", "),
    }));
    if (answer.kind === "upgrade") {
      if (answer.delay > 0) await sleep(answer.delay, request.signal);
      request.signal.throwIfAborted();
      const connection = new MemoryConnection(answer.protocol);
      answer.serve(connection.peer);
      return connection;
    }
    const { status, body } = toHttpResponse(answer, request.signal);
    const head = { status, statusText: "" };
    throw await refusalOf(head, request.url.pathname, body);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#api.close();
  }

  /** As a network would, it answers in a later turn. */
  async #turn({ signal }: TransportTarget): Promise<void> {
    signal.throwIfAborted();
    await Promise.resolve();
    signal.throwIfAborted();
    if (!this.#closed) return;
    throw new ConfigurationError(
      "Cannot send the request: the memory transport is closed",
    );
  }
}

/** The main process of a container that has nothing to do. */
function untilDeleted({ signal }: { signal: AbortSignal }): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
