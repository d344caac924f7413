import type { Bytes } from "../bytes.ts";

const SMALL = 4 * 1024;
const SMALLEST_BLOCK = 1024;
const LARGEST_BLOCK = 16 * 1024;

/**
 * A queue of bytes that keeps no more memory than about twice what it counts,
 * and whose chunks share their buffers with nobody: who takes one may transfer
 * it.
 *
 * Small parts are copied into a block that they share until it is taken, so
 * that a flood of one-byte messages costs bytes, not objects.
 */
export class ByteQueue {
  #chunks: Bytes[] = [];
  #first = 0;
  #size = 0;
  /** The block that the last chunk is the start of, while it has room. */
  #block: Bytes | null = null;

  /** How many bytes are queued. */
  get size(): number {
    return this.#size;
  }

  push(part: Bytes): void {
    const length = part.byteLength;
    if (length === 0) return;
    if (length >= SMALL) {
      this.#seal();
      this.#chunks.push(owned(part));
    } else {
      this.#pushSmall(part);
    }
    this.#size += length;
  }

  /** Takes the oldest chunk, or undefined when the queue is empty. */
  shift(): Bytes | undefined {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return undefined;
    this.#chunks[this.#first++] = undefined as unknown as Bytes;
    this.#size -= chunk.byteLength;
    if (this.#first === this.#chunks.length) this.clear();
    else if (this.#first >= 1024) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
    return chunk;
  }

  /** Drops the newest bytes beyond `limit`, and says how many. */
  truncate(limit: number): number {
    const excess = Math.max(0, this.#size - limit);
    let left = excess;
    while (left > 0) {
      const last = this.#chunks.pop() as Bytes;
      if (last.byteLength > left) {
        this.#chunks.push(last.subarray(0, last.byteLength - left));
      }
      left -= Math.min(left, last.byteLength);
    }
    if (excess > 0) this.#block = null;
    this.#size -= excess;
    return excess;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#size = 0;
    this.#block = null;
  }

  /** Ends the block, and gives back the room that it does not use. */
  #seal(): void {
    const index = this.#chunks.length - 1;
    const last = this.#chunks[index];
    if (last !== undefined && this.#block !== null) {
      if (last.byteLength * 2 < this.#block.byteLength) {
        this.#chunks[index] = last.slice();
      }
    }
    this.#block = null;
  }

  #pushSmall(part: Bytes): void {
    const last = this.#chunks[this.#chunks.length - 1];
    const block = this.#block;
    if (
      block !== null && last !== undefined &&
      last.byteLength + part.byteLength <= block.byteLength
    ) {
      block.set(part, last.byteLength);
      this.#chunks[this.#chunks.length - 1] = block.subarray(
        0,
        last.byteLength + part.byteLength,
      );
      return;
    }
    const room = Math.min(
      LARGEST_BLOCK,
      Math.max(SMALLEST_BLOCK, part.byteLength, this.#size),
    );
    this.#block = new Uint8Array(room);
    this.#block.set(part);
    this.#chunks.push(this.#block.subarray(0, part.byteLength));
  }
}

/**
 * `part` in a buffer of its own: itself, when nothing else can be using its
 * buffer. That is so when it reaches the buffer's end, and whatever came before
 * it there was too small not to be copied.
 */
export function owned(part: Bytes): Bytes {
  const { buffer, byteOffset, byteLength } = part;
  const alone = byteLength >= SMALL && byteOffset < SMALL &&
    byteOffset + byteLength === buffer.byteLength;
  return alone ? part : part.slice();
}
