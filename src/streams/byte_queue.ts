import type { Bytes } from "../bytes.ts";

const SMALL = 4 * 1024;
const SMALLEST_BLOCK = 1024;
const LARGEST_BLOCK = 16 * 1024;

/**
 * A queue of bytes that keeps no more memory than about twice what it counts.
 *
 * A large part stays the view it came as. A small one, or one that would pin a
 * buffer of more than twice its length, is copied; small ones share a block, so
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
      this.#chunks.push(pinsTooMuch(part) ? part.slice() : part);
      this.#block = null;
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

/** Whether keeping `part` would keep more than twice its length alive. */
function pinsTooMuch(part: Bytes): boolean {
  return part.buffer.byteLength > 2 * part.byteLength;
}

/** `part` itself, or a copy when it would pin too much memory. */
export function unpinned(part: Bytes): Bytes {
  return pinsTooMuch(part) ? part.slice() : part;
}
