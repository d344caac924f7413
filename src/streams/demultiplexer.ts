import { type Bytes, concatBytes } from "../bytes.ts";
import { CHANNEL } from "../channel/frame.ts";

/** Where the demultiplexer puts the bytes of one output channel. */
export interface ChannelSink {
  /**
   * Takes the next bytes: what `part` holds from index `start` on. Their buffer
   * is the sink's, to be changed and handed on, but for what comes behind them,
   * of which it may get more: no other sink gets any of it.
   */
  data(part: Bytes, start?: number): void;
  /** No more bytes will come, and none are missing. */
  end(): void;
  /**
   * No more bytes will come, because of `reason`.
   *
   * @param drop Whether what is still queued goes too.
   */
  fail(reason: unknown, drop: boolean): void;
}

/** A status longer than this is none; real ones are a few hundred bytes. */
const LARGEST_STATUS = 1024 * 1024;

/** Where the demultiplexer's output goes; null for a channel not requested. */
export interface Sinks {
  readonly stdout: ChannelSink | null;
  readonly stderr: ChannelSink | null;
  /** Takes one whole message of the status channel. */
  status(payload: Bytes): void;
}

/**
 * Sorts the parts of channel messages: output goes on at once, however large
 * its message, the status when it is whole. Empty messages, channels that are
 * unknown and channels that were not requested are dropped, as every server
 * does with ours.
 */
export class Demultiplexer {
  readonly #sinks: Sinks;
  readonly #ownsBuffers: boolean;
  /** The buffer that is being read, and the sink that may have it. */
  #buffer: ArrayBuffer | null = null;
  #owner: ChannelSink | null = null;
  /** The channel of the message under way, or null between messages. */
  #channel: number | null = null;
  #status: Bytes[] = [];
  #statusLength = 0;

  /** @param ownsBuffers Whether the buffers of the parts are ours. */
  constructor(sinks: Sinks, ownsBuffers: boolean) {
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
    if (channel === CHANNEL.status) {
      this.#collectStatus(part.slice(start), last);
    } else if (part.byteLength > start) {
      this.#give(part, start, this.#sinkOf(channel));
    }
  }

  /** A buffer goes to the first sink that gets some of it; others get copies. */
  #give(part: Bytes, start: number, sink: ChannelSink | null): void {
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
    // Nothing comes behind its end; and an idle session keeps no buffer.
    const over = byteOffset + byteLength === buffer.byteLength;
    this.#buffer = over ? null : buffer;
    return sink === this.#owner;
  }

  #sinkOf(channel: number): ChannelSink | null {
    if (channel === CHANNEL.stdout) return this.#sinks.stdout;
    if (channel === CHANNEL.stderr) return this.#sinks.stderr;
    return null;
  }

  /** A status that is too long is given up: what is left cannot be read. */
  #collectStatus(part: Bytes, last: boolean): void {
    this.#statusLength += part.byteLength;
    if (this.#statusLength <= LARGEST_STATUS) this.#status.push(part);
    else this.#status = [];
    if (!last) return;
    const some = this.#statusLength > 0;
    const payload = concatBytes(this.#status);
    this.#status = [];
    this.#statusLength = 0;
    if (some) this.#sinks.status(payload);
  }
}
