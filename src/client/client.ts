import type { Bytes } from "../bytes.ts";
import type {
  Connection,
  HttpResponse,
  Transport,
} from "../transport/transport.ts";

/** An HTTP request to the API server. */
export interface ClientRequest {
  /** The HTTP method. */
  readonly method: string;
  /** The escaped path, from the root of the API: `/api/v1/...`. */
  readonly path: string;
  /** The query; none by default. */
  readonly query?: URLSearchParams;
  /** The body; none by default. */
  readonly body?: Bytes | null;
  /**
   * Header names in lower case; they override those of the credentials, and the
   * client's `User-Agent`.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the request, and its response's body, with its reason. */
  readonly signal?: AbortSignal | null;
  /**
   * Milliseconds from reading the credentials to the head of the response.
   * Defaults to the client's; null: no limit.
   */
  readonly timeout?: number | null;
}

/** A WebSocket upgrade at the API server. */
export interface ClientUpgrade {
  /** The escaped path, from the root of the API: `/api/v1/...`. */
  readonly path: string;
  /** The query. */
  readonly query: URLSearchParams;
  /** The subprotocols to offer, in order of preference. */
  readonly protocols: readonly string[];
  /** Aborts the handshake with its reason. */
  readonly signal?: AbortSignal | null;
}

/**
 * Access to one cluster: its server, credentials and transport. Created by
 * `createClient`; released by `close()`.
 */
export interface Client {
  /** The API server's URL. */
  readonly server: URL;
  /** The transport of requests and upgrades. */
  readonly transport: Transport;
  /** The default namespace of calls and Apis; null if none is known. */
  readonly namespace: string | null;
  /** The default timeout of calls in milliseconds; null: no limit. */
  readonly timeout: number | null;

  /**
   * Sends an HTTP request with the client's credentials, for what no `Api`
   * covers, for example `/version`. A 401 is retried once if fresh credentials
   * are available, and a 429 or 503 with `Retry-After` as `RetryOptions` says.
   *
   * @returns The response, if its status is 2xx.
   * @throws {ApiError} For any other status.
   * @throws {ConnectError} The server does not answer.
   * @throws {ConfigurationError} The transport does not support the
   * configuration, or the credentials are not available.
   */
  request(request: ClientRequest): Promise<HttpResponse>;

  /**
   * Opens a WebSocket with the client's credentials. If the transport can see
   * the answer, a 401, 429 or 503 is retried as in {@linkcode Client.request}.
   *
   * @throws {HandshakeError | ConnectError} The upgrade failed.
   * @throws {ConfigurationError} As in {@linkcode Client.request}.
   */
  connect(upgrade: ClientUpgrade): Promise<Connection>;

  /**
   * Aborts calls, closes live sessions, then the transport. Idempotent. Commands
   * with `killOnAbort` are killed first, which takes at most about 9 seconds.
   */
  close(): Promise<void>;

  /** Same as {@linkcode Client.close}. */
  [Symbol.asyncDispose](): Promise<void>;
}
