import type { Bytes } from "../bytes.ts";

/** Room for four frames of the largest message, 32 KiB and a channel byte. */
const SLAB = 4 * (32 * 1024 + 64);

/** The most slabs that are kept for later, in this process. */
const SPARE = 2;

/** A buffer that holds consecutive chunks. */
interface Slab {
  readonly bytes: Bytes;
  /** Where the next chunk begins. */
  used: number;
  /** How many chunks are not written yet. */
  pending: number;
}

const spare: Slab[] = [];

/**
 * The memory of a socket's queued writes. A new array for each frame would cost
 * more than masking it: the system clears its pages, and V8 collects garbage for
 * them. So chunks lie one after the other in slabs, which are used again once
 * all of their chunks are written. A socket without queued writes holds none.
 */
export class WriteSlabs {
  #slabs: Slab[] = [];

  /** An array for a chunk: it follows the last one in memory if there is room. */
  allocate(length: number): Bytes {
    if (length > SLAB) return new Uint8Array(length);
    let slab = this.#slabs.at(-1);
    if (slab === undefined || slab.used + length > SLAB) {
      slab = spare.pop() ??
        { bytes: new Uint8Array(SLAB), used: 0, pending: 0 };
      this.#slabs.push(slab);
    }
    slab.pending++;
    return slab.bytes.subarray(slab.used, slab.used += length);
  }

  /** The chunk is written; nothing reads it any more. Other arrays are ignored. */
  release(chunk: Bytes): void {
    const { buffer } = chunk;
    const index = this.#slabs.findIndex(({ bytes }) => bytes.buffer === buffer);
    if (index < 0) return;
    const slab = this.#slabs[index]!;
    if (--slab.pending > 0) return;
    slab.used = 0;
    this.#slabs.splice(index, 1);
    if (spare.length < SPARE) spare.push(slab);
  }
}
