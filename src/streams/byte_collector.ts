import { type Bytes, concatBytes } from "../bytes.ts";
import { ByteQueue } from "./byte_queue.ts";
import type { ChannelSink } from "./demultiplexer.ts";

/** Collects one output channel as a whole, up to a limit. */
export class ByteCollector implements ChannelSink {
  readonly #limit: number;
  readonly #overflowed: (excess: number) => void;
  readonly #queue = new ByteQueue();
  #bytes: Bytes | null = null;

  /**
   * @param limit The most bytes to keep; Infinity for no limit.
   * @param overflowed Called with the number of bytes beyond the limit, each
   * time there are some.
   */
  constructor(limit: number, overflowed: (excess: number) => void) {
    this.#limit = limit;
    this.#overflowed = overflowed;
  }

  data(part: Bytes, start = 0): void {
    const length = part.byteLength - start;
    const room = this.#limit - this.#queue.size;
    if (length <= room) return this.#queue.push(part, start);
    this.#queue.push(part.subarray(0, start + room), start);
    this.#overflowed(length - room);
  }

  end(): void {}

  fail(): void {}

  /** All bytes collected; nothing may be added after the first call. */
  bytes(): Bytes {
    this.#bytes ??= this.#drain();
    return this.#bytes;
  }

  #drain(): Bytes {
    const chunks: Bytes[] = [];
    let chunk: Bytes | undefined;
    while ((chunk = this.#queue.shift()) !== undefined) chunks.push(chunk);
    return concatBytes(chunks);
  }
}
