import { type Bytes, concatBytes, encodeText } from "../../src/bytes.ts";
import { encodeFrame } from "../../src/channel/frame.ts";
import type {
  CloseInfo,
  Connection,
  ConnectionReceiver,
} from "../../src/transport/transport.ts";

/** A connection without a peer: the test acts as the server. */
export class FakeConnection implements Connection {
  readonly protocol: string;
  readonly released: Promise<void>;
  /** Every message that was sent. */
  readonly sent: Bytes[] = [];
  /** What `send` returns. */
  hasRoom = true;
  paused = false;
  pings = 0;
  /** How this side ended the connection. */
  ended: "closed" | "aborted" | null = null;
  #receiver!: ConnectionReceiver;
  #release!: () => void;

  constructor(protocol = "v5.channel.k8s.io") {
    this.protocol = protocol;
    this.released = new Promise((resolve) => this.#release = resolve);
  }

  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.ended === null) this.sent.push(concatBytes(parts));
    return this.hasRoom;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  ping(): void {
    this.pings++;
  }

  close(): void {
    this.ended ??= "closed";
    this.#release();
  }

  abort(): void {
    this.ended ??= "aborted";
    this.#release();
  }

  /** The server sends one whole message. */
  message(channel: number, payload: string | Uint8Array): void {
    const bytes = typeof payload === "string" ? encodeText(payload) : payload;
    this.part(encodeFrame(channel, bytes), true);
  }

  /** The server sends a part of a message. */
  part(part: Bytes, last: boolean): void {
    if (this.ended === null) this.#receiver.data(part, last);
  }

  /** The server sends its status. */
  status(status: unknown): void {
    this.message(3, JSON.stringify(status));
  }

  /** The command ends with `code`. */
  exit(code: number): void {
    this.status(
      code === 0 ? { status: "Success" } : {
        status: "Failure",
        reason: "NonZeroExitCode",
        details: { causes: [{ reason: "ExitCode", message: `${code}` }] },
      },
    );
  }

  /** The connection ends. */
  drop(info: CloseInfo): void {
    if (this.ended === null) this.#receiver.closed(info);
  }

  /** The socket has room again. */
  drain(): void {
    this.hasRoom = true;
    this.#receiver.drained();
  }

  /** The peer answers a ping. */
  pong(): void {
    this.#receiver.pong();
  }
}
