import type { Bytes } from "../bytes.ts";
import { CLOSE_CODE, encodeClosePayload } from "../websocket/close_frame.ts";
import { FrameReader } from "../websocket/frame_reader.ts";
import { encodeControl, encodeMessage } from "../websocket/frame_writer.ts";
import { type FrameEvent, OPCODE, type Role } from "../websocket/frame.ts";
import { lostReason } from "./connect_error.ts";
import type { ByteDuplex, DuplexReceiver } from "./duplex.ts";
import type { CloseInfo, Connection, ConnectionReceiver } from "./transport.ts";

const CLOSE_TIMEOUT = 1_000;

/** Who has read the head of the upgrade, and perhaps bytes after it. */
export interface UpgradeReader {
  /** Delivers the bytes after the head to `receiver`, and all that follow. */
  deliverTo(receiver: DuplexReceiver): void;
}

/** How a {@linkcode SocketConnection} differs from that of a client. */
export interface SocketConnectionOptions {
  /** @default {"client"} */
  readonly role?: Role;
  /**
   * How long the peer has to finish the close handshake, and to read what was
   * sent before, in milliseconds.
   *
   * @default {1_000}
   */
  readonly closeTimeout?: number;
}

/** A WebSocket {@linkcode Connection} over a byte duplex. */
export class SocketConnection implements Connection, DuplexReceiver {
  readonly protocol: string;
  readonly transfersBuffers = true;
  readonly #duplex: ByteDuplex;
  readonly #allocate: ((length: number) => Bytes) | undefined;
  readonly #role: Role;
  readonly #closeTimeout: number;
  readonly #frames: FrameReader;
  #receiver: ConnectionReceiver | null = null;
  #paused = true;
  /** The end of the socket, reported after all data before it. */
  #ending: { error?: Error } | null = null;
  #over = false;
  #full = false;
  #unanswered: Bytes | null = null;

  /** Continues to read where the head of the upgrade ended. */
  constructor(
    duplex: ByteDuplex,
    reader: UpgradeReader,
    protocol: string,
    { role = "client", closeTimeout = CLOSE_TIMEOUT }: SocketConnectionOptions =
      {},
  ) {
    this.protocol = protocol;
    this.#duplex = duplex;
    this.#role = role;
    this.#closeTimeout = closeTimeout;
    this.#frames = new FrameReader(role);
    this.#allocate = duplex.allocate?.bind(duplex);
    reader.deliverTo(this);
  }

  get released(): Promise<void> {
    return this.#duplex.released;
  }

  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
    this.resume();
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#over || this.#ending) return false;
    return this.#write(encodeMessage(parts, this.#role, this.#allocate));
  }

  pause(): void {
    this.#paused = true;
    if (!this.#over) this.#duplex.pause();
  }

  resume(): void {
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    queueMicrotask(() => {
      this.#deliver();
      if (!this.#paused && !this.#over) this.#duplex.resume();
    });
  }

  /** For the duplex. */
  data(chunk: Bytes): void {
    this.#frames.feed(chunk);
    this.#deliver();
  }

  /** For the duplex. */
  ended(error?: Error): void {
    this.#ending = { error };
    this.#deliver();
  }

  ping(): void {
    if (!this.#over) this.#control(OPCODE.ping, new Uint8Array());
  }

  close(code: number = CLOSE_CODE.normal, reason = ""): void {
    if (this.#over) return;
    const payload = encodeClosePayload(code, reason);
    this.#over = true;
    this.#control(OPCODE.close, payload);
    this.#duplex.end(this.#closeTimeout);
  }

  abort(): void {
    this.#over = true;
    this.#duplex.destroy();
  }

  /** Delivers what was read; a pause stops it even within a chunk. */
  #deliver(): void {
    try {
      while (!this.#paused && !this.#over) {
        const event = this.#frames.next();
        if (event === null) break;
        this.#handle(event);
      }
    } catch (error) {
      this.#fail(error as Error);
    }
    if (this.#ending && !this.#paused) this.#ended(this.#ending.error);
  }

  #handle(event: FrameEvent): void {
    switch (event.type) {
      case "data":
        return this.#receiver!.data(event.part, event.last);
      case "ping":
        return this.#answer(event.payload);
      case "pong":
        return this.#receiver!.pong();
      case "close":
        return this.#closeReceived(event.code, event.reason);
    }
  }

  /** While the socket is full, only the last ping is answered (RFC 6455, 5.5.3). */
  #answer(payload: Bytes): void {
    if (this.#full) this.#unanswered = payload;
    else this.#control(OPCODE.pong, payload);
  }

  /** For the duplex. */
  drained(): void {
    this.#full = false;
    const payload = this.#unanswered;
    this.#unanswered = null;
    if (this.#over) return;
    if (payload !== null) this.#control(OPCODE.pong, payload);
    this.#receiver?.drained();
  }

  #closeReceived(code: number, reason: string): void {
    const echo = code === CLOSE_CODE.noStatus ? undefined : code;
    this.#finish({ code, reason }, encodeClosePayload(echo));
  }

  #fail(error: Error): void {
    const { message: reason } = error;
    this.#finish(
      { code: CLOSE_CODE.abnormal, reason, error },
      encodeClosePayload(CLOSE_CODE.protocolError),
    );
  }

  #ended(error?: Error): void {
    if (this.#over) return;
    const reason = error
      ? lostReason(error)
      : this.#frames.midMessage
      ? "the connection ended in the middle of a message"
      : "the connection ended without a Close frame";
    this.#finish({ code: CLOSE_CODE.abnormal, reason, error }, null);
  }

  #finish(closeInfo: CloseInfo, payload: Bytes | null): void {
    this.#over = true;
    if (payload !== null) this.#control(OPCODE.close, payload);
    this.#duplex.end(this.#closeTimeout);
    this.#receiver?.closed(closeInfo);
  }

  #control(opcode: number, payload: Bytes): void {
    this.#write(encodeControl(opcode, payload, this.#role));
  }

  #write(frame: Bytes): boolean {
    const hasRoom = this.#duplex.write(frame);
    if (!hasRoom) this.#full = true;
    return hasRoom;
  }
}
