import type { Bytes } from "../bytes.ts";
import { channelPrefix } from "../channel/frame.ts";
import { ProtocolError } from "../errors.ts";
import { type ChannelSink, Demultiplexer } from "./demultiplexer.ts";
import type {
  PortProtocol,
  PortReceiver,
  SendMessage,
} from "./port_protocol.ts";

/** The channels of the only port; the second one is the server's. */
const DATA = 0;

/**
 * A forwarded port by `v4.channel.k8s.io`: a data channel and an error channel.
 * It cannot say that one side has ended: the connection's close says that both
 * have.
 */
export class PortChannels implements PortProtocol {
  readonly halfClose: boolean = false;
  readonly ping: null = null;
  readonly #send: SendMessage;
  readonly #demultiplexer: Demultiplexer;

  /** @param ownsBuffers Whether we own the buffers of the parts. */
  constructor(
    port: number,
    send: SendMessage,
    receiver: PortReceiver,
    ownsBuffers: boolean,
  ) {
    this.#send = send;
    const data = new AfterPort(
      port,
      (part, start) => receiver.data(part, start),
    );
    const error = new AfterPort(
      port,
      (part, start) => receiver.errorText(part.subarray(start)),
    );
    const outputs = [data, error];
    this.#demultiplexer = new Demultiplexer(
      { outputs, status: null },
      ownsBuffers,
    );
  }

  /** The port is in the query. */
  open(): void {}

  received(part: Bytes, last: boolean): void {
    this.#demultiplexer.data(part, last);
  }

  send(payload: Uint8Array): boolean {
    return this.#send([channelPrefix(DATA), payload], payload.byteLength);
  }

  finish(): void {}

  abandon(): void {}

  /** An empty message: servers count it, and skip it. */
  sendActivity(): void {
    this.#send([]);
  }

  drained(): void {}
}

/**
 * A channel whose first two bytes are its port, little-endian, before anything
 * else.
 */
class AfterPort implements ChannelSink {
  readonly #expected: number;
  readonly #deliver: (part: Bytes, start: number) => void;
  #read = 0;
  #port = 0;

  constructor(
    expected: number,
    deliver: (part: Bytes, start: number) => void,
  ) {
    this.#expected = expected;
    this.#deliver = deliver;
  }

  data(part: Bytes, start = 0): void {
    let at = start;
    for (; this.#read < 2 && at < part.byteLength; at++) {
      this.#port |= part[at]! << 8 * this.#read;
      if (++this.#read === 2) this.#check();
    }
    if (at < part.byteLength) this.#deliver(part, at);
  }

  end(): void {}

  fail(): void {}

  #check(): void {
    if (this.#port === this.#expected) return;
    throw new ProtocolError(
      `Cannot forward port ${this.#expected}: the server forwards port ${this.#port}`,
    );
  }
}
