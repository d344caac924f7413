import { ByteBuilder, type Bytes } from "../bytes.ts";
import { CHANNEL } from "../channel/frame.ts";

/** Receives the bytes of one output channel. */
export interface ChannelSink {
  /**
   * Receives the next bytes: `part` from index `start` on. The sink owns the
   * buffer up to the end of `part`; later parts of it go only to this sink.
   */
  data(part: Bytes, start?: number): void;
  /** All bytes have been delivered. */
  end(): void;
  /**
   * No more bytes will come, because of `reason`.
   *
   * @param drop Whether to drop what is still queued.
   */
  fail(reason: unknown, drop: boolean): void;
}

/** The longest status, in bytes; real ones have a few hundred. */
const LARGEST_STATUS = 1024 * 1024;

/** The sinks by the numbers of their channels; null for one that is dropped. */
export type ChannelOutputs = readonly (ChannelSink | null)[];

/** What a demultiplexer delivers to. */
export interface ChannelSinks {
  readonly outputs: ChannelOutputs;
  /** Receives one whole message of the status channel; null: there is none. */
  readonly status: ((payload: Bytes) => void) | null;
}

/**
 * Sorts the parts of channel messages: output is passed on at once, however
 * large its message; the status once it is complete. Empty messages, unknown
 * channels and channels that were not requested are dropped, as servers do with
 * ours.
 */
export class Demultiplexer {
  readonly #sinks: ChannelSinks;
  readonly #ownsBuffers: boolean;
  /** The buffer that is being read, and the sink that owns it. */
  #buffer: ArrayBuffer | null = null;
  #owner: ChannelSink | null = null;
  /** The channel of the unfinished message; null between messages. */
  #channel: number | null = null;
  readonly #status = new ByteBuilder();
  #statusLength = 0;

  /** @param ownsBuffers Whether we own the buffers of the parts. */
  constructor(sinks: ChannelSinks, ownsBuffers: boolean) {
    this.#sinks = sinks;
    this.#ownsBuffers = ownsBuffers;
  }

  data(part: Bytes, last: boolean): void {
    let start = 0;
    if (this.#channel === null) {
      if (part.byteLength === 0) return;
      this.#channel = part[0] as number;
      start = 1;
    }
    const channel = this.#channel;
    if (last) this.#channel = null;
    const { status, outputs } = this.#sinks;
    if (channel === CHANNEL.status && status !== null) {
      this.#collectStatus(part.subarray(start), last, status);
    } else if (part.byteLength > start) {
      this.#deliver(part, start, outputs[channel] ?? null);
    }
  }

  /** The first sink that gets a part of a buffer owns it; others get copies. */
  #deliver(part: Bytes, start: number, sink: ChannelSink | null): void {
    if (sink === null) return;
    if (!this.#owned(part, sink)) sink.data(part.slice(start));
    else sink.data(part, start);
  }

  #owned(
    { buffer, byteOffset, byteLength }: Bytes,
    sink: ChannelSink,
  ): boolean {
    if (!this.#ownsBuffers) return false;
    if (buffer !== this.#buffer) this.#owner = sink;
    // Forget a finished buffer: an idle session must not retain it.
    const over = byteOffset + byteLength === buffer.byteLength;
    this.#buffer = over ? null : buffer;
    return sink === this.#owner;
  }

  /** A status that is too long is dropped; the rest cannot be parsed. */
  #collectStatus(
    part: Bytes,
    last: boolean,
    receive: (payload: Bytes) => void,
  ): void {
    this.#statusLength += part.byteLength;
    if (this.#statusLength <= LARGEST_STATUS) this.#status.append(part);
    else this.#status.take();
    if (!last) return;
    const some = this.#statusLength > 0;
    const payload = this.#status.take();
    this.#statusLength = 0;
    if (some) receive(payload);
  }
}
