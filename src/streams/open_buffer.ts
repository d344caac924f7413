import type { Bytes } from "../bytes.ts";

/** A buffer of up to this size comes out whole. */
const LARGEST = 64 * 1024;

/** Of a larger one a reader that is slow gets pieces. */
const PIECE = 32 * 1024;

/** The newest bytes of a queue, in a buffer of which more may come. */
export class OpenBuffer {
  #buffer: ArrayBuffer | null = null;
  #from = 0;
  #to = 0;

  /** Begins with the bytes of `buffer` between two indices. */
  begin(buffer: ArrayBuffer, from: number, to: number): void {
    this.#buffer = buffer;
    this.#from = from;
    this.#to = to;
  }

  /**
   * Moves bytes that come later in the same buffer right behind those that are
   * here, over what lies between; false where they are for a chunk of their own.
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
   * Ends it: what is here, or null when that is nothing.
   *
   * @param reader Somebody still has the rest of this buffer: what is here is
   * copied then, as it is when it is less than half of the buffer.
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

  /** Forgets what is here. */
  drop(): void {
    this.#buffer = null;
  }

  /** Ends it where somebody may have the rest of the buffer, whichever it is. */
  takeCopy(): Bytes | null {
    return this.end(this.#buffer);
  }
}
