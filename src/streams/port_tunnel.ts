import type { Bytes } from "../bytes.ts";
import { RST_STATUS } from "../spdy/frame.ts";
import { SpdyReader } from "../spdy/frame_reader.ts";
import {
  encodeDataHead,
  encodeRstStream,
  encodeSpdyPing,
  encodeSynStream,
} from "../spdy/frame_writer.ts";
import { HeaderBlockWriter } from "../spdy/header_block.ts";
import type {
  PortProtocol,
  PortReceiver,
  SendMessage,
} from "./port_protocol.ts";

/** The streams: a client's have odd numbers, in the order of their opening. */
const ERROR = 1;
const DATA = 3;

/**
 * A forwarded port by `SPDY/3.1+portforward.k8s.io`: the messages are one stream
 * of bytes, of SPDY frames, which the API server passes on to the node. A FIN
 * half-closes either direction.
 *
 * One tunnel could carry many connections, but the servers' library hands data
 * over unbuffered: one that is not read would stall all others.
 */
export class PortTunnel implements PortProtocol {
  readonly halfClose: boolean = true;
  readonly #port: number;
  readonly #send: SendMessage;
  readonly #reader: SpdyReader;
  readonly #headers = new HeaderBlockWriter();
  /** The last ping that came while the socket was full. */
  #unanswered: number | null = null;
  #full = false;
  #nextPing = 1;

  /** @param ownsBuffers Whether we own the buffers of the parts. */
  constructor(
    port: number,
    send: SendMessage,
    receiver: PortReceiver,
    ownsBuffers: boolean,
  ) {
    this.#port = port;
    this.#send = send;
    this.#reader = new SpdyReader("client", {
      opened() {},
      data(stream, part) {
        if (stream === ERROR) receiver.errorText(part);
        if (stream !== DATA) return;
        receiver.data(ownsBuffers ? part : part.slice(), 0);
      },
      finished(stream) {
        if (stream === DATA) receiver.dataEnded();
        if (stream === ERROR) receiver.errorEnded();
      },
      reset(stream) {
        if (stream === DATA || stream === ERROR) receiver.reset();
      },
      // A server's have even numbers; an odd one is the answer to ours.
      ping: (id) => id % 2 === 0 ? this.#answer(id) : receiver.pong(),
    });
  }

  /** Both frames in one message: its boundaries mean nothing to a server. */
  open(): void {
    const pair = { port: `${this.#port}`, requestid: "0" };
    const error = this.#headers.encode({ streamtype: "error", ...pair });
    const data = this.#headers.encode({ streamtype: "data", ...pair });
    this.#send([
      encodeSynStream(ERROR, error, true),
      encodeSynStream(DATA, data, false),
    ]);
  }

  received(part: Bytes): void {
    this.#reader.read(part);
  }

  send(payload: Uint8Array): boolean {
    const length = payload.byteLength;
    const head = encodeDataHead(DATA, length, false);
    this.#full = !this.#send([head, payload], length);
    return !this.#full;
  }

  finish(): void {
    this.#send([encodeDataHead(DATA, 0, true)]);
  }

  abandon(): void {
    this.#send([encodeRstStream(DATA, RST_STATUS.cancel)]);
  }

  /** The node counts it, unlike an empty message. */
  sendActivity(): void {
    this.ping();
  }

  /**
   * A ping of SPDY goes to the node. An API server answers those of the WebSocket
   * itself, and does not tell when it has lost the node: in 1.36 the end of the
   * tunnel waits for its reader, which waits for the next bytes from us.
   */
  readonly ping = (): void => {
    this.#send([encodeSpdyPing(this.#nextPing)]);
    this.#nextPing = this.#nextPing + 2 & 0x7fffffff;
  };

  drained(): void {
    this.#full = false;
    const id = this.#unanswered;
    this.#unanswered = null;
    if (id !== null) this.#answer(id);
  }

  #answer(id: number): void {
    if (this.#full) this.#unanswered = id;
    else this.#full = !this.#send([encodeSpdyPing(id)]);
  }
}
