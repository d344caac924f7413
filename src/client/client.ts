import { abortable } from "../abortable.ts";
import type { Bytes } from "../bytes.ts";
import type { ClusterConfig, Identity } from "../config/cluster_config.ts";
import {
  ApiError,
  ConfigurationError,
  HandshakeError,
  PodwireError,
} from "../errors.ts";
import type { KeepAliveOptions } from "../session/keep_alive.ts";
import type {
  Connection,
  HttpResponse,
  Transport,
  TransportTarget,
} from "../transport/transport.ts";
import { apiErrorOf, type RequestDescription } from "./api_error.ts";
import { callTimeout, type Deadline, startDeadline } from "./deadline.ts";
import { observeEnd } from "./response_body.ts";

/** An HTTP request to the API server. */
export interface ClientRequest {
  /** The HTTP method. */
  readonly method: string;
  /** Escaped, from the root of the API: `/api/v1/...`. */
  readonly path: string;
  /** What comes after the question mark. */
  readonly query?: URLSearchParams;
  /** The body, none unless said. */
  readonly body?: Bytes | null;
  /** Names in lower case; they come after the credentials and may replace them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request, and its body too, with its reason. */
  readonly signal?: AbortSignal | null;
  /** Milliseconds from credentials to the head of the answer; undefined inherits the client's, null is none. */
  readonly timeout?: number | null;
  /**
   * The clock of the call that this request is part of, instead of `signal` and
   * `timeout`; whoever started it releases it.
   *
   * @internal
   */
  readonly deadline?: Deadline;
  /** What the request is for, for messages; the method and path unless said. */
  readonly intent?: RequestDescription;
}

/** A WebSocket upgrade at the API server. */
export interface ClientUpgrade {
  /** Escaped, from the root of the API: `/api/v1/...`. */
  readonly path: string;
  /** What comes after the question mark. */
  readonly query: URLSearchParams;
  /** The subprotocols to offer, most wanted first. */
  readonly protocols: readonly string[];
  /** Ends the handshake with its reason. */
  readonly signal?: AbortSignal | null;
  /**
   * The clock of the call that this upgrade is part of, instead of `signal`;
   * whoever started it releases it.
   *
   * @internal
   */
  readonly deadline?: Deadline;
}

/** What lives as long as its client at most. */
export interface Closeable {
  /** Ends it; resolves once it holds nothing any more. */
  close(): Promise<void>;
}

/** What a {@linkcode Client} is made of; `createClient` checks and makes it. */
export interface ClientSettings {
  /** Where the cluster is. */
  readonly config: ClusterConfig;
  /** What carries the requests. */
  readonly transport: Transport;
  /** The namespace of calls that name none. */
  readonly namespace: string | null;
  /** Milliseconds; null for no limit. */
  readonly timeout: number | null;
  /** Pings of live sessions. */
  readonly keepAlive: KeepAliveOptions | false;
  /** Bytes kept for each channel. */
  readonly highWaterMark: number;
}

/**
 * A way into one cluster: where it is, who we are, by which transport. Made by
 * {@linkcode createClient}; ended by `close()`.
 */
export class Client {
  /** The namespace of calls and Apis that name none; null when none is known. */
  readonly namespace: string | null;
  /** Milliseconds, the limit of calls that name none; null for no limit. */
  readonly timeout: number | null;
  /** Pings of live sessions, in milliseconds. */
  readonly keepAlive: KeepAliveOptions | false;
  /** Bytes kept for each channel of a session before its socket is paused. */
  readonly highWaterMark: number;
  readonly #config: ClusterConfig;
  readonly #transport: Transport;
  readonly #sessions: Set<Closeable> = new Set();
  readonly #ending: AbortController = new AbortController();
  #closing: Promise<void> | null = null;

  /** Takes what `createClient` has checked. */
  constructor(settings: ClientSettings) {
    this.#config = settings.config;
    this.#transport = settings.transport;
    this.namespace = settings.namespace;
    this.timeout = settings.timeout;
    this.keepAlive = settings.keepAlive;
    this.highWaterMark = settings.highWaterMark;
  }

  /** Where the cluster is; its secrets show in no inspection. */
  get config(): ClusterConfig {
    return this.#config;
  }

  /** What carries the requests. */
  get transport(): Transport {
    return this.#transport;
  }

  /**
   * Upgrades to a WebSocket, with fresh credentials. Where the transport sees
   * the answer, a 401 is tried once more, as by {@linkcode Client.request}.
   *
   * @throws {HandshakeError | ConnectError} As the transport does.
   * @throws {ConfigurationError} The transport cannot do what is configured, or
   * the credentials cannot be had.
   */
  async connect(upgrade: ClientUpgrade): Promise<Connection> {
    const { path, query, protocols } = upgrade;
    const { signal, release } = this.#join("connect", null, upgrade);
    try {
      return await this.#reach(
        "connect",
        { path, query, signal },
        (target) => this.#transport.connect({ ...target, protocols }),
      );
    } finally {
      release();
    }
  }

  /**
   * Sends an HTTP request, with fresh credentials. When the server answers with
   * 401 and there are fresher ones, it is sent once more. The timeout ends with
   * the head of the answer; the signal ends the body too.
   *
   * @returns The answer, if it is 2xx.
   * @throws {ApiError} For any other answer.
   * @throws {ConfigurationError} As {@linkcode Client.connect}.
   */
  async request(request: ClientRequest): Promise<HttpResponse> {
    const { method, path, body = null, timeout } = request;
    const intent = request.intent ?? { action: `${method} ${path}` };
    const limit = callTimeout(timeout, this.timeout);
    const { signal, stopClock, release } = this.#join(
      intent.action,
      limit,
      request,
    );
    try {
      const response = await this.#reach(
        intent.action,
        { ...request, signal },
        async (target) => {
          const sent = { ...target, method, body };
          const response = await this.#transport.request(sent);
          return await successOf(response, intent, signal);
        },
      );
      stopClock();
      return {
        status: response.status,
        headers: response.headers,
        body: observeEnd(response.body, signal, release),
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Ties a live session to this client: `close()` closes it too.
   *
   * @returns What lets it go again.
   */
  adopt(session: Closeable): () => void {
    this.#checkOpen("open a session");
    this.#sessions.add(session);
    return () => this.#sessions.delete(session);
  }

  /** Breaks off calls and closes live sessions, then the transport. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As {@linkcode Client.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#ending.abort(closedError("finish the call"));
    const sessions = [...this.#sessions];
    this.#sessions.clear();
    await Promise.allSettled(sessions.map((session) => session.close()));
    await Promise.all([this.#config.close(), this.#transport.close()]);
  }

  #checkOpen(action: string): void {
    if (this.#closing) throw closedError(action);
  }

  /**
   * A clock that `close()` ends too: the call's own, if it has one, which
   * follows the client until it is released here.
   */
  #join(
    action: string,
    timeout: number | null,
    call: { deadline?: Deadline; signal?: AbortSignal | null },
  ): Deadline {
    this.#checkOpen(action);
    const { deadline, signal } = call;
    const closing = this.#ending.signal;
    if (!deadline) return startDeadline(action, timeout, signal, closing);
    const release = deadline.follow(closing);
    return { ...deadline, stopClock() {}, release };
  }

  /** Carries out `attempt`, once more if fresh credentials may help. */
  async #reach<Answer>(
    action: string,
    wanted: {
      path: string;
      query?: URLSearchParams;
      headers?: Readonly<Record<string, string>>;
      signal: AbortSignal;
    },
    attempt: (target: TransportTarget) => Promise<Answer>,
  ): Promise<Answer> {
    const { path, query, headers, signal } = wanted;
    const { proxy, server, tls } = this.#config;
    this.#checkOpen(action);
    signal.throwIfAborted();
    checkCapabilities(action, { tls, proxy }, this.#transport);
    return await withIdentity(this.#config, signal, (identity) => {
      const { tls } = identity;
      this.#checkOpen(action);
      checkCapabilities(action, { tls, proxy }, this.#transport);
      return attempt({
        url: targetUrl(server, path, query),
        headers: { ...identity.headers, ...headers },
        tls,
        proxy,
        signal,
      });
    });
  }
}

async function successOf(
  response: HttpResponse,
  intent: RequestDescription,
  signal: AbortSignal,
): Promise<HttpResponse> {
  if (response.status >= 200 && response.status <= 299) return response;
  const error = await apiErrorOf(response, intent);
  signal.throwIfAborted();
  throw error;
}

function closedError(action: string): PodwireError {
  return new PodwireError(`Cannot ${action}: the client is closed`);
}

/** `server` with `path` behind its own path, and `query`. */
export function targetUrl(
  server: URL,
  path: string,
  query?: URLSearchParams,
): URL {
  const url = new URL(server);
  url.pathname = server.pathname.replace(/\/+$/, "") + path;
  url.search = query?.toString() ?? "";
  return url;
}

/**
 * Refuses a configuration that the transport cannot honour, before anything is
 * sent: a silently dropped client certificate or proxy would be worse.
 *
 * @throws {ConfigurationError} Names the settings and the transport.
 */
export function checkCapabilities(
  action: string,
  target: Pick<TransportTarget, "tls" | "proxy">,
  transport: Transport,
): void {
  if (transport.capabilities.tls) return;
  const unmet: string[] = Object.keys(target.tls);
  if (target.proxy !== null) unmet.push("proxy");
  if (unmet.length === 0) return;
  throw new ConfigurationError(
    `Cannot ${action}: the transport "${transport.name}" cannot honour ` +
      `${unmet.join(", ")}; choose another transport or leave them out`,
  );
}

/**
 * Carries out `attempt` as who we are; when the server answers with 401, once
 * more with fresh credentials, if there are any.
 */
export async function withIdentity<Answer>(
  config: ClusterConfig,
  signal: AbortSignal,
  attempt: (identity: Identity) => Promise<Answer>,
): Promise<Answer> {
  const identity = await abortable(config.authenticate(signal), signal);
  try {
    return await attempt(identity);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    const other = await abortable(identity.renew(signal), signal);
    if (other === null) throw error;
    return await attempt(other);
  }
}

/** A transport that cannot see the answer to an upgrade gives a ConnectError. */
function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.httpStatus === 401 ||
    error instanceof HandshakeError && error.httpStatus === 401;
}
