import type { Bytes } from "../bytes.ts";

/** Where the demultiplexer puts the bytes of one output channel. */
export interface ChannelSink {
  /** Takes the next bytes; they may be a view on a larger buffer. */
  data(part: Bytes): void;
  /** No more bytes will come, and none are missing. */
  end(): void;
  /**
   * No more bytes will come, because of `reason`.
   *
   * @param drop Whether what is still queued goes too.
   */
  fail(reason: unknown, drop: boolean): void;
}
