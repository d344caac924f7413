import type { Bytes } from "../bytes.ts";

/**
 * A bidirectional byte stream from an adapter to the socket engine: TCP or TLS,
 * connected and verified. Uses callbacks to avoid a promise per read.
 */
export interface ByteDuplex {
  /** Starts reading into `receiver`; a second call replaces the receiver. */
  open(receiver: DuplexReceiver): void;
  /**
   * An array for the next `write`, in memory that is used again: the caller fills
   * it and writes it at once. Its content is undefined.
   */
  allocate?(length: number): Bytes;
  /**
   * Queues `chunk` and takes ownership of it.
   *
   * @returns False when the buffer is full; `drained` follows. Also false when
   * the socket is broken, so that writers stop; `ended` follows.
   */
  write(chunk: Bytes): boolean;
  /**
   * Whether the socket is not broken and the buffer is not full: all written but
   * what fits in it has left. A `write` may return false all the same, to let the
   * event loop turn.
   */
  readonly hasRoom: boolean;
  /**
   * Stops reading from the socket. A pending read may still be delivered. A
   * later `write` may first deliver data that has arrived, up to a limit.
   */
  pause(): void;
  /** Continues reading. Does not call the receiver within this call. */
  resume(): void;
  /**
   * Sends FIN after queued data, discards incoming data, and destroys the socket
   * when the peer has closed too or after `timeout` milliseconds. The timer does
   * not keep the process alive. Idempotent.
   */
  end(timeout: number): void;
  /** Closes the socket at once. Idempotent. */
  destroy(): void;
  /** Lets the process end although the socket is open, until `ref`. */
  unref(): void;
  /** Keeps the process alive while the socket is open, as from the start. */
  ref(): void;
  /** Resolves once the socket is released; never rejects. */
  readonly released: Promise<void>;
}

/** Receives the events of a {@linkcode ByteDuplex}. */
export interface DuplexReceiver {
  /** Bytes read. The receiver owns the array and its ArrayBuffer. */
  data(chunk: Bytes): void;
  /** The socket accepts data again after a `write` that returned false. */
  drained(): void;
  /**
   * Reading ended and all data is delivered: by the peer's FIN (no error) or by
   * an error. Called at most once, never after `end` or `destroy`.
   */
  ended(error?: Error): void;
}
