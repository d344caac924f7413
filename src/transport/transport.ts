import type { Bytes } from "../bytes.ts";

/**
 * What a transport can do. A call that needs what is missing is refused with
 * a `ConfigurationError` before anything is sent.
 */
export interface TransportCapabilities {
  /** It can set request headers on the WebSocket upgrade. */
  readonly headers: boolean;
  /** It honours {@linkcode TlsOptions} and a proxy. */
  readonly tls: boolean;
  /** It can stop reading from the socket, so that TCP pushes back. */
  readonly pause: boolean;
  /** It can send WebSocket pings and see pongs. */
  readonly ping: boolean;
  /** It sees the HTTP answer to a refused upgrade. */
  readonly answer: boolean;
}

/** How to trust the server and how to prove who we are; PEM text throughout. */
export interface TlsOptions {
  /** PEM certificates to trust instead of the runtime's own. */
  readonly certificateAuthority?: string;
  /** PEM client certificate chain. */
  readonly clientCertificate?: string;
  /** PEM private key of `clientCertificate`. */
  readonly clientKey?: string;
  /** Accept any server certificate. */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name to send as SNI and to check, instead of the URL's host. */
  readonly serverName?: string;
}

/**
 * Request headers, names in lower case. A list stands for a header of each of
 * its values, which is not the same as one of them all: as two groups are not
 * one whose name has a comma.
 */
export type RequestHeaders = Readonly<
  Record<string, string | readonly string[]>
>;

/** Where a request goes and by which road: shared by HTTP and WebSocket. */
export interface TransportTarget {
  /** `http:` or `https:`, also for a WebSocket upgrade. */
  readonly url: URL;
  /** What to send along: a header that the road cannot carry is refused. */
  readonly headers: RequestHeaders;
  /**
   * Sessions may be resumed only between targets that share this very object:
   * adapters key their caches on its identity.
   */
  readonly tls: TlsOptions;
  /**
   * URL of a proxy, `http:`, `https:`, `socks5:` or `socks5h:`, credentials in
   * it; null for none.
   */
  readonly proxy: URL | null;
  /** Ends the request, and for HTTP its body too, with its reason. */
  readonly signal: AbortSignal;
}

/** One HTTP request. */
export interface HttpRequest extends TransportTarget {
  /** In upper case. */
  readonly method: string;
  /** What to send; null for no body. */
  readonly body: Bytes | null;
}

/** The answer to an {@linkcode HttpRequest}, its body not yet read. */
export interface HttpResponse {
  /** The HTTP status code. */
  readonly status: number;
  /** The headers of the answer. */
  readonly headers: Headers;
  /** Cancelling it releases the socket. */
  readonly body: ReadableStream<Bytes>;
}

/** One WebSocket upgrade. */
export interface UpgradeRequest extends TransportTarget {
  /** The subprotocols to offer, most wanted first; never empty. */
  readonly protocols: readonly string[];
}

/**
 * A way to reach a server. Pass one as `createClient({ transport })`. A whole
 * one in small is `examples/custom_transport.ts` in the repository.
 *
 * Both methods reject with the signal's reason when it aborts, with
 * `ConnectError` when no answer came, and `connect` with `HandshakeError` when
 * the answer was not 101.
 */
export interface Transport {
  /** A short name for messages, for example `"deno"`. */
  readonly name: string;
  /** What it can do. */
  readonly capabilities: TransportCapabilities;
  /** Sends an HTTP request; resolves at the end of the response's head. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Upgrades to a WebSocket. */
  connect(request: UpgradeRequest): Promise<Connection>;
  /** Releases what the transport holds beyond its connections. */
  close(): Promise<void>;
}

/**
 * One open WebSocket connection that carries binary messages. Nothing is
 * delivered before `open`, and nothing after the receiver's `closed`, nor after
 * our own `close` or `abort`.
 */
export interface Connection {
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  /**
   * Whether the buffers of the parts that it delivers are the receiver's, to be
   * changed and transferred. The parts of one buffer then come one after the
   * other, and nothing between them or around them is of use to anybody, but
   * what is still to be delivered. Without it output is copied.
   */
  readonly givesBuffers?: boolean;
  /** Starts delivery to `receiver`; called exactly once. */
  open(receiver: ConnectionReceiver): void;
  /**
   * Sends one binary message: `parts` one after the other, at most 32 KiB and a
   * channel byte in all. The caller's bytes are copied before it returns and
   * never changed.
   *
   * @returns False when the socket's buffer is full: send no more before the
   * receiver's `drained`. Also when the socket takes nothing any more, with
   * `closed` still to come: a sender must let the events in.
   */
  send(parts: readonly Uint8Array[]): boolean;
  /**
   * Stops delivery, at once: also the rest of what was read already waits. A
   * transport without the `pause` capability buffers, and ends the connection
   * with a `BufferOverflowError` when its bound is reached.
   */
  pause(): void;
  /** Continues delivery, never from inside this call. */
  resume(): void;
  /** Sends a WebSocket ping; does nothing without the `ping` capability. */
  ping(): void;
  /**
   * Says goodbye with a Close frame and releases the socket within about a
   * second, whatever the server does. Idempotent.
   */
  close(code?: number, reason?: string): void;
  /** Drops the connection at once, without a goodbye. Idempotent. */
  abort(): void;
  /** Resolves once the socket is released; never rejects. */
  readonly released: Promise<void>;
}

/** What a {@linkcode Connection} tells its owner. */
export interface ConnectionReceiver {
  /**
   * A part of a binary message, in order. The array is the receiver's to keep;
   * it may be a view on a larger buffer that others see too, so it is not to be
   * changed or transferred, unless the connection `givesBuffers`. A part may be
   * empty.
   *
   * @param part The bytes.
   * @param last Whether the message ends with them.
   */
  data(part: Bytes, last: boolean): void;
  /** The socket's buffer has room again after a `send` that returned false. */
  drained(): void;
  /** A pong arrived: the peer has read all that was sent before its ping. */
  pong(): void;
  /** The connection ended; called exactly once, after all data. */
  closed(closure: CloseInfo): void;
}

/** How a connection ended. */
export interface CloseInfo {
  /**
   * The code of the server's Close frame; 1005 when the frame had none, 1006
   * when the connection ended without one (RFC 6455, 7.4.1).
   */
  readonly code: number;
  /** The Close frame's reason, or what is known of an abnormal end. */
  readonly reason: string;
  /**
   * What ended it, when that was neither a Close frame nor the end of the
   * socket: a `ProtocolError`, a `BufferOverflowError`, or the socket's error.
   */
  readonly error?: Error;
}
