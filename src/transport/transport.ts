import type { Bytes } from "../bytes.ts";
import type { ByteDuplex } from "./duplex.ts";

/**
 * What a transport supports. A call that needs a missing capability rejects
 * with a `ConfigurationError` before anything is sent.
 */
export interface TransportCapabilities {
  /** Sends request headers with the WebSocket upgrade. */
  readonly headers: boolean;
  /** Honours {@linkcode TlsOptions} and a proxy. */
  readonly tls: boolean;
  /** Stops reading from the socket, so that TCP applies backpressure. */
  readonly pause: boolean;
  /** Sends WebSocket pings and reports pongs. */
  readonly ping: boolean;
  /** Reports the HTTP response to a refused upgrade. */
  readonly answer: boolean;
  /**
   * Can offer a subprotocol whose name is not a token, as a standard WebSocket
   * cannot: `SPDY/3.1+portforward.k8s.io`, with which a forwarded connection can
   * half-close. Defaults to false.
   */
  readonly tunnel?: boolean;
  /**
   * False if nothing leaves the process, as in tests: credentials may then go to
   * any `http:` URL. Defaults to true.
   */
  readonly network?: boolean;
}

/** Server trust and client authentication. Certificates and keys are PEM text. */
export interface TlsOptions {
  /** Certificates of the authorities to trust instead of the runtime's own. */
  readonly certificateAuthority?: string;
  /** Client certificate chain. */
  readonly clientCertificate?: string;
  /** Private key of `clientCertificate`. */
  readonly clientKey?: string;
  /** Accepts any server certificate. Defaults to false. */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name to send as SNI and to verify. Defaults to the URL's host. */
  readonly serverName?: string;
}

/**
 * Request headers, names in lower case. A list is sent as one header per value,
 * never joined by commas: two groups are not one group with a comma in its name.
 */
export type RequestHeaders = Readonly<
  Record<string, string | readonly string[]>
>;

/** The server and the way to reach it; shared by HTTP and WebSocket. */
export interface TransportTarget {
  /** `http:` or `https:`, also for a WebSocket upgrade. */
  readonly url: URL;
  /** A header that the transport cannot send is a `ConfigurationError`. */
  readonly headers: RequestHeaders;
  /**
   * Connections and TLS sessions may be used again only by targets that share
   * this object: adapters key their caches on its identity.
   */
  readonly tls: TlsOptions;
  /**
   * URL of a proxy, `http:`, `https:`, `socks5:` or `socks5h:`, including its
   * credentials; null for none.
   */
  readonly proxy: URL | null;
  /** Ends the request, and an HTTP response's body, with its reason. */
  readonly signal: AbortSignal;
}

/** One HTTP request. */
export interface HttpRequest extends TransportTarget {
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** The request body; null for none. */
  readonly body: Bytes | null;
}

/** The response to an {@linkcode HttpRequest}. */
export interface HttpResponse {
  /** The HTTP status code. */
  readonly status: number;
  /** The response headers. */
  readonly headers: Headers;
  /** The unread response body. Cancelling it releases the connection. */
  readonly body: ReadableStream<Bytes>;
}

/** One WebSocket upgrade. */
export interface UpgradeRequest extends TransportTarget {
  /** The subprotocols to offer, in order of preference; never empty. */
  readonly protocols: readonly string[];
}

/**
 * A way to reach a server. Pass one as `createClient({ transport })`.
 * `examples/custom_transport.ts` in the repository is a small complete one.
 *
 * Both methods reject with the signal's reason when it aborts and with
 * `ConnectError` when there is no response. `connect` rejects with
 * `HandshakeError` when the response is not 101.
 */
export interface Transport {
  /** A short name for error messages, for example `"deno"`. */
  readonly name: string;
  /** What the transport supports. */
  readonly capabilities: TransportCapabilities;
  /** Sends an HTTP request; resolves after the response's head. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Opens a WebSocket. */
  connect(request: UpgradeRequest): Promise<Connection>;
  /**
   * TLS over a forwarded connection, for the `https:` URLs of
   * `portForward.fetch`: without this they are refused.
   *
   * @param target The server, and the options, which are checked at once.
   * @returns Does the handshake. It owns the carrier, and destroys it when it
   * rejects: with the signal's reason, or `ConnectError` if the handshake fails.
   */
  tlsLayer?(
    target: Pick<TransportTarget, "url" | "tls">,
  ): (carrier: ByteDuplex, signal: AbortSignal) => Promise<ByteDuplex>;
  /**
   * Releases resources other than connections in use, such as idle connections.
   * A transport of several clients is closed by each, and stays usable.
   */
  close(): Promise<void>;
}

/**
 * An open WebSocket connection that carries binary messages. It delivers
 * nothing before `open`, and nothing after the receiver's `closed` or our own
 * `close` or `abort`.
 */
export interface Connection {
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /**
   * If true, the receiver owns the ArrayBuffer of each part and may overwrite or
   * transfer bytes already delivered. Parts of one buffer come in order, and the
   * connection reads only the bytes that it has yet to deliver. Defaults to
   * false: output is copied.
   */
  readonly transfersBuffers?: boolean;
  /** Starts delivery to `receiver`; called exactly once. */
  open(receiver: ConnectionReceiver): void;
  /**
   * Sends `parts` as one binary message, at most 32 KiB plus a channel byte or
   * the 8 bytes of a frame within a tunnel. Copies the bytes before it returns
   * and never changes them.
   *
   * @returns False when the socket's buffer is full: wait for the receiver's
   * `drained`. Also false when the socket no longer accepts data and `closed` is
   * pending: the sender must return to the event loop.
   */
  send(parts: readonly Uint8Array[]): boolean;
  /**
   * Stops delivery at once, including data already read. A transport without
   * the `pause` capability buffers, and ends the connection with a
   * `BufferOverflowError` at its limit.
   */
  pause(): void;
  /** Continues delivery, but not within this call. */
  resume(): void;
  /** Sends a WebSocket ping; does nothing without the `ping` capability. */
  ping(): void;
  /**
   * Sends a Close frame and releases the socket within about a second, even if
   * the server does not answer. Idempotent.
   */
  close(code?: number, reason?: string): void;
  /** Drops the connection at once, without a close handshake. Idempotent. */
  abort(): void;
  /** Resolves once the socket is released; never rejects. */
  readonly released: Promise<void>;
}

/** Receives the events of a {@linkcode Connection}. */
export interface ConnectionReceiver {
  /**
   * A part of a binary message, in order. The receiver may keep the array. It
   * must not change or transfer the buffer, which may be shared, unless the
   * connection has `transfersBuffers`. A part may be empty.
   *
   * @param part The bytes.
   * @param last Whether the message ends with this part.
   */
  data(part: Bytes, last: boolean): void;
  /** The socket accepts data again after a `send` that returned false. */
  drained(): void;
  /** A pong arrived: the peer has read everything sent before the ping. */
  pong(): void;
  /** The connection ended. Called exactly once, after all data. */
  closed(closeInfo: CloseInfo): void;
}

/** How a connection ended. */
export interface CloseInfo {
  /**
   * The code of the server's Close frame; 1005 when the frame has no code, 1006
   * when the connection ended without a Close frame (RFC 6455, 7.4.1).
   */
  readonly code: number;
  /** The Close frame's reason, or a description of an abnormal end. */
  readonly reason: string;
  /**
   * The cause, when it is neither a Close frame nor the end of the socket: a
   * `ProtocolError`, a `BufferOverflowError`, or the socket's error.
   */
  readonly error?: Error;
}
