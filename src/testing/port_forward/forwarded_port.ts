import type { Bytes } from "../../bytes.ts";
import type { ClientConnection } from "./client_connection.ts";
import type { PortConnection } from "./port_connection.ts";

/** How a protocol sends what happens to a forwarded port. */
export interface ForwardedPortSink {
  /** Encodes the bytes in front of so many of output. */
  head(length: number): Uint8Array;
  /** The pod sends no more. */
  outputEnded(): void;
  /** Both directions have ended. */
  ended(): void;
  /** The port was refused, or the connection is broken. */
  failed(reason: string): void;
}

/** A connection to a port of a pod, on behalf of a client. */
export class ForwardedPort {
  readonly #client: ClientConnection;
  readonly #sink: ForwardedPortSink;
  #connection: PortConnection | null = null;
  /** Input from before there was a connection. */
  #early: Bytes[] = [];
  #inputEnded = false;
  #outputEnded = false;
  #over = false;
  #released = false;

  /** @param dialled Rejects with why the port is refused. */
  constructor(
    client: ClientConnection,
    dialled: Promise<PortConnection>,
    sink: ForwardedPortSink,
  ) {
    this.#client = client;
    this.#sink = sink;
    client.waitFor(dialled.then(
      (connection) => this.#connected(connection),
      (error: Error) => this.#fail(error.message),
    ));
  }

  /** Passes on what the client sends. */
  input(bytes: Bytes): void {
    if (this.#over || this.#inputEnded || bytes.byteLength === 0) return;
    const connection = this.#connection;
    if (connection === null) this.#early.push(bytes);
    else if (!connection.write(bytes)) {
      this.#client.waitFor(connection.drained());
    }
  }

  /** The client sends no more. */
  endInput(): void {
    if (this.#over || this.#inputEnded) return;
    this.#inputEnded = true;
    this.#connection?.end();
    this.#endIfBothEnded();
  }

  /** The client is gone, or nothing is left to be done. */
  release(): void {
    this.#over = true;
    this.#early = [];
    if (this.#released) return;
    this.#released = true;
    this.#connection?.release();
  }

  #connected(connection: PortConnection): void {
    if (this.#over) return connection.release();
    this.#connection = connection;
    connection.open({
      data: (bytes) => this.#output(connection, bytes),
      ended: () => this.#podEnded(),
      failed: (reason) => this.#fail(reason),
    });
    for (const bytes of this.#early.splice(0)) connection.write(bytes);
    if (this.#inputEnded) connection.end();
  }

  #output(connection: PortConnection, bytes: Bytes): void {
    if (this.#over) return;
    this.#client.output(connection, bytes, (size) => this.#sink.head(size));
  }

  #podEnded(): void {
    if (this.#over || this.#outputEnded) return;
    this.#outputEnded = true;
    this.#sink.outputEnded();
    this.#endIfBothEnded();
  }

  #endIfBothEnded(): void {
    if (this.#over || !this.#inputEnded || !this.#outputEnded) return;
    this.release();
    this.#sink.ended();
  }

  #fail(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#sink.failed(reason);
  }
}
