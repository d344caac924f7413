import type { Bytes } from "../bytes.ts";
import type { TlsOptions } from "./transport.ts";

/**
 * A byte stream in both directions, as a runtime's adapter gives it to the
 * socket engine: TCP or TLS, connected and verified. It calls back rather than
 * returning promises: no promise per read.
 */
export interface ByteDuplex {
  /** Starts reading into `receiver`; called again, it goes on into another. */
  open(receiver: DuplexReceiver): void;
  /**
   * Queues `chunk`, which the duplex owns from now on.
   *
   * @returns False when its buffer is full: `drained` will be called. Also when
   * the socket is broken, so that nobody goes on and on: `ended` will be.
   */
  write(chunk: Bytes): boolean;
  /**
   * Stops reading from the socket. What is under way may still land, and before
   * a `write` what has come by then, up to a limit.
   */
  pause(): void;
  /** Reads on, never calling back from inside this call. */
  resume(): void;
  /**
   * Sends FIN after what is queued, discards what still comes in, and destroys
   * the socket when the peer has closed too, or after `grace` milliseconds. Its
   * timer does not keep the process alive. Idempotent.
   */
  end(grace: number): void;
  /** Drops the socket at once. Idempotent. */
  destroy(): void;
  /** Resolves once the socket is released; never rejects. */
  readonly released: Promise<void>;
}

/** What a {@linkcode ByteDuplex} tells its owner. */
export interface DuplexReceiver {
  /** Bytes read. The array and its buffer are the receiver's. */
  data(chunk: Bytes): void;
  /** There is room again after a `write` that returned false. */
  drained(): void;
  /**
   * Reading is over, all data delivered: the peer's FIN (no error), or what
   * broke the socket. Called at most once, never after `end` or `destroy`.
   */
  ended(error?: Error): void;
}

/** What of the TLS options is for a proxy too: never who we are. */
export type ProxyTls = Pick<
  TlsOptions,
  "certificateAuthority" | "insecureSkipTlsVerify"
>;

/** Where to dial, and how. */
export interface DialTarget {
  readonly hostname: string;
  readonly port: number;
  /** Null for plain TCP. */
  readonly tls: TlsOptions | null;
  readonly proxy: URL | null;
  /** Whom to trust as a proxy that is reached over TLS. */
  readonly proxyTls: ProxyTls;
  readonly signal: AbortSignal;
}

/**
 * Opens a socket; the one thing that an adapter must bring. Rejects with
 * `ConnectError`, or with the signal's reason.
 */
export type Dial = (target: DialTarget) => Promise<ByteDuplex>;
