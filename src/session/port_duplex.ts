import type { Bytes } from "../bytes.ts";
import type { ByteDuplex, DuplexReceiver } from "../transport/duplex.ts";
import type { Connection } from "../transport/transport.ts";
import { PortSession, type PortSessionOptions } from "./port_session.ts";

/** The most bytes in one message. */
const CHUNK = 32 * 1024;

/** A forwarded connection as a {@linkcode ByteDuplex}, for HTTP. */
export class PortDuplex implements ByteDuplex {
  readonly #connection: Connection;
  readonly #session: PortSession;
  #receiver: DuplexReceiver | null = null;
  #isFull = false;
  #isPaused = false;
  /** Reading has ended, or we have ended it. */
  #isOver = false;

  constructor(options: Omit<PortSessionOptions, "output" | "paused">) {
    this.#connection = options.connection;
    this.#session = new PortSession({
      ...options,
      paused: () => this.#isPaused,
      output: {
        // The receiver gets the whole buffer, of which we own a part.
        data: (part, start) => this.#receiver!.data(part.slice(start)),
        end: () => this.#ended(),
        fail: (reason) => this.#ended(reason as Error),
      },
    });
  }

  get released(): Promise<void> {
    return this.#connection.released;
  }

  get hasRoom(): boolean {
    return !this.#isFull && this.#session.outcome === null;
  }

  /** Whether the connection has ended; what was received may still be read. */
  get hasEnded(): boolean {
    return this.#session.outcome !== null;
  }

  /** Why the connection failed; null if it did not, or not yet. */
  get failure(): unknown {
    return this.#session.outcome?.failure?.reason ?? null;
  }

  /** Calls `callback` with the failure, or null, at the end. */
  onEnd(callback: (failure: unknown) => void): void {
    this.#session.onEnd(() => callback(this.failure));
  }

  open(receiver: DuplexReceiver): void {
    const isFirst = this.#receiver === null;
    this.#receiver = receiver;
    if (isFirst) this.#session.start();
  }

  write(chunk: Bytes): boolean {
    let hasRoom = true;
    for (let at = 0; at < chunk.byteLength; at += CHUNK) {
      hasRoom = this.#session.send(chunk.subarray(at, at + CHUNK));
    }
    if (!hasRoom && !this.#isFull) {
      this.#isFull = true;
      this.#session.drained().then(() => {
        this.#isFull = false;
        this.#receiver?.drained();
      }, () => {});
    }
    return hasRoom;
  }

  pause(): void {
    this.#isPaused = true;
    this.#connection.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#connection.resume();
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    this.#isOver = true;
    this.#session.end({ kind: "disposed" });
  }

  /** Its WebSocket keeps the process alive, as any other. */
  unref(): void {}

  ref(): void {}

  #ended(error?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver?.ended(error);
  }
}
