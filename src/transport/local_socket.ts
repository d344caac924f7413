import type { Bytes } from "../bytes.ts";

/** Where to listen: an address, or the path of a Unix socket. */
export interface LocalAddress {
  readonly hostname: string;
  /** 0: any free one. */
  readonly port: number;
  /** Instead of an address; null for none. */
  readonly path: string | null;
}

/**
 * A connection that a local program has made to us. Unlike a `ByteDuplex` it can
 * end one direction while the other goes on.
 */
export interface LocalSocket {
  /** Starts reading; called at most once. */
  open(receiver: LocalReceiver): void;
  /**
   * Queues `chunk`, which must not change any more.
   *
   * @returns False when the buffer is full; `drained` follows.
   */
  write(chunk: Uint8Array): boolean;
  /** Stops reading. A pending read may still be delivered. */
  pause(): void;
  /** Continues reading. */
  resume(): void;
  /** Sends FIN after queued data; reading goes on. Idempotent. */
  end(): void;
  /** Ends both directions after queued data, within about a second. */
  finish(): void;
  /** Resets the connection after queued data, within about a second. */
  reset(): void;
  /** Drops the connection at once. */
  destroy(): void;
  /** Resolves once the socket is released; never rejects. */
  readonly released: Promise<void>;
}

/** Receives the events of a {@linkcode LocalSocket}. */
export interface LocalReceiver {
  /** Bytes read. The receiver must not change them. */
  data(chunk: Bytes): void;
  /** The socket accepts data again after a `write` that returned false. */
  drained(): void;
  /** The program has sent its FIN. */
  ended(): void;
  /** The socket is closed; called once, also after our own end. */
  closed(error?: Error): void;
}

/** A socket that listens. */
export interface LocalListener {
  readonly address: LocalAddress;
  /** Stops listening at once; accepted connections go on. */
  close(): void;
}
