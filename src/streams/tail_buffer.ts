import type { Bytes } from "../bytes.ts";

/** A buffer of up to this size is delivered as one chunk. */
const LARGEST = 64 * 1024;

/** A slow reader gets larger ones in pieces of this size. */
const PIECE = 32 * 1024;

/**
 * The newest bytes of a queue, in a buffer that may hold more of them.
 *
 * The queue owns the buffer up to the end of the last part. The connection may
 * still read frames from behind it, so a chunk leaves as a copy until the buffer
 * is finished or another one has replaced it.
 */
export class TailBuffer {
  #buffer: ArrayBuffer | null = null;
  #from = 0;
  #to = 0;

  /** Starts with the bytes of `buffer` between two indices. */
  begin(buffer: ArrayBuffer, from: number, to: number): void {
    this.#buffer = buffer;
    this.#from = from;
    this.#to = to;
  }

  /**
   * Moves later bytes of the same buffer up to those already here, over what
   * lies between. Returns false if they need a chunk of their own.
   *
   * @param awaited Whether a reader waits for them.
   */
  join(
    buffer: ArrayBuffer,
    from: number,
    to: number,
    awaited: boolean,
  ): boolean {
    if (buffer !== this.#buffer) return false;
    const length = to - from;
    const large = buffer.byteLength > LARGEST && !awaited;
    if (large && this.#to - this.#from + length > PIECE) return false;
    if (from !== this.#to) {
      new Uint8Array(buffer).copyWithin(this.#to, from, to);
    }
    this.#to += length;
    return true;
  }

  /**
   * Ends it, and returns its bytes as a chunk, or null if there are none.
   *
   * @param reader The buffer that the connection still reads from: a chunk of it
   * is copied, as is one that fills less than half of its buffer.
   */
  end(reader: ArrayBuffer | null): Bytes | null {
    const buffer = this.#buffer;
    if (buffer === null) return null;
    this.#buffer = null;
    const length = this.#to - this.#from;
    const sparse = length * 2 < buffer.byteLength;
    return sparse || buffer === reader
      ? new Uint8Array(buffer.slice(this.#from, this.#to))
      : new Uint8Array(buffer, this.#from, length);
  }

  /** Drops the bytes. */
  drop(): void {
    this.#buffer = null;
  }

  /** Ends it; the connection may still read from the buffer. */
  takeCopy(): Bytes | null {
    return this.end(this.#buffer);
  }
}
