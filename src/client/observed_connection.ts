import type {
  CloseInfo,
  Connection,
  ConnectionReceiver,
} from "../transport/transport.ts";

/** What an {@linkcode ObservedConnection} reports. */
export interface ConnectionObserver {
  /** Bytes of a message were sent. */
  sent(bytes: number): void;
  /** Bytes of a message were received. */
  received(bytes: number): void;
  /**
   * The connection has ended, by the server or by us; called once.
   *
   * @param closeCode Null if we have ended it.
   * @param error Null after a regular end.
   */
  closed(closeCode: number | null, error: Error | null): void;
}

/** A connection whose traffic and end are observed. */
export class ObservedConnection implements Connection {
  readonly protocol: string;
  readonly transfersBuffers: boolean;
  readonly released: Promise<void>;
  readonly #connection: Connection;
  readonly #observer: ConnectionObserver;
  #closed = false;

  constructor(connection: Connection, observer: ConnectionObserver) {
    this.protocol = connection.protocol;
    this.transfersBuffers = connection.transfersBuffers === true;
    this.released = connection.released;
    this.#connection = connection;
    this.#observer = observer;
  }

  open(receiver: ConnectionReceiver): void {
    this.#connection.open({
      data: (part, last) => {
        this.#observer.received(part.byteLength);
        receiver.data(part, last);
      },
      drained: () => receiver.drained(),
      pong: () => receiver.pong(),
      closed: (closeInfo) => {
        this.#end(closeInfo);
        receiver.closed(closeInfo);
      },
    });
  }

  send(parts: readonly Uint8Array[]): boolean {
    for (const part of parts) this.#observer.sent(part.byteLength);
    return this.#connection.send(parts);
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  ping(): void {
    this.#connection.ping();
  }

  close(code?: number, reason?: string): void {
    this.#end(null);
    this.#connection.close(code, reason);
  }

  abort(): void {
    this.#end(null);
    this.#connection.abort();
  }

  #end(closeInfo: CloseInfo | null): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#observer.closed(closeInfo?.code ?? null, closeInfo?.error ?? null);
  }
}
