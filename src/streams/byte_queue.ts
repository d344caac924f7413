import type { Bytes } from "../bytes.ts";
import { TailBuffer } from "./tail_buffer.ts";

const SMALL = 4 * 1024;
const SMALLEST_BLOCK = 1024;
const LARGEST_BLOCK = 16 * 1024;

/**
 * A queue of bytes that retains at most about twice the memory it counts, and
 * whose chunks own their buffers: a reader may transfer one.
 *
 * The parts of one buffer are moved together within it, over the frame headers
 * between them: a chunk is then as large as one read from the socket, without a
 * copy. Small parts are copied into a shared block until it is taken, so that a
 * flood of one-byte messages costs bytes, not objects.
 */
export class ByteQueue {
  #chunks: Bytes[] = [];
  #first = 0;
  #size = 0;
  readonly #open = new TailBuffer();
  /** The block behind the last chunk, while it has room for more. */
  #block: Bytes | null = null;

  /** How many bytes are queued. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds the bytes of `part` from index `start` on.
   *
   * @param part The queue owns its buffer up to the end of `part`; later parts of
   * it may be pushed later.
   * @param awaited Whether a reader waits for the bytes.
   */
  push(part: Bytes, start = 0, awaited = false): void {
    const { buffer } = part;
    const from = part.byteOffset + start;
    const to = part.byteOffset + part.byteLength;
    if (from === to) return;
    this.#size += to - from;
    if (!this.#open.join(buffer, from, to, awaited)) {
      this.#append(this.#open.end(buffer));
      this.#open.begin(buffer, from, to);
    }
    if (to === buffer.byteLength) this.#append(this.#open.end(null));
  }

  /** Removes the oldest chunk; undefined when the queue is empty. */
  shift(): Bytes | undefined {
    const count = this.#chunks.length;
    if (this.#first === count) return this.#shiftOpen();
    if (this.#first === count - 1) this.#endBlock();
    const chunk = this.#chunks[this.#first]!;
    this.#chunks[this.#first++] = undefined as unknown as Bytes;
    this.#size -= chunk.byteLength;
    if (this.#first === count || this.#first >= 1024) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
    return chunk;
  }

  /** Drops the newest bytes beyond `limit`, and returns their number. */
  truncate(limit: number): number {
    const excess = Math.max(0, this.#size - limit);
    if (excess === 0) return 0;
    this.#append(this.#open.takeCopy());
    this.#block = null;
    for (let left = excess; left > 0;) {
      const last = this.#chunks.pop()!;
      const kept = Math.max(0, last.byteLength - left);
      if (kept > 0) this.#chunks.push(last.subarray(0, kept));
      left -= last.byteLength - kept;
    }
    this.#size = limit;
    return excess;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#size = 0;
    this.#open.drop();
    this.#block = null;
  }

  #shiftOpen(): Bytes | undefined {
    this.#size = 0;
    return this.#open.takeCopy() ?? undefined;
  }

  #append(chunk: Bytes | null): void {
    if (chunk === null) return;
    if (chunk.byteLength < SMALL) return this.#pushSmall(chunk);
    this.#endBlock();
    this.#chunks.push(chunk);
  }

  /** Frees the memory that the block does not use. */
  #endBlock(): void {
    if (this.#block === null) return;
    const index = this.#chunks.length - 1;
    const last = this.#chunks[index]!;
    if (last.byteLength * 2 < this.#block.byteLength) {
      this.#chunks[index] = last.slice();
    }
    this.#block = null;
  }

  #pushSmall(part: Bytes): void {
    const index = this.#chunks.length - 1;
    const block = this.#block;
    const used = block === null ? 0 : this.#chunks[index]!.byteLength;
    if (block !== null && used + part.byteLength <= block.byteLength) {
      block.set(part, used);
      this.#chunks[index] = block.subarray(0, used + part.byteLength);
      return;
    }
    this.#endBlock();
    const room = Math.min(
      LARGEST_BLOCK,
      Math.max(SMALLEST_BLOCK, part.byteLength, this.#size),
    );
    this.#block = new Uint8Array(room);
    this.#block.set(part);
    this.#chunks.push(this.#block.subarray(0, part.byteLength));
  }
}
