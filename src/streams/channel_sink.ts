import type { Bytes } from "../bytes.ts";

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
