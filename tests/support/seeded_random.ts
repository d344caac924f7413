/** A pseudorandom generator: the same seed gives the same numbers. */
export class SeededRandom {
  #state: number;

  /** Consecutive seeds give unrelated numbers. */
  constructor(seed: number) {
    this.#state = scramble(seed);
  }

  /** An integer from 0 to `limit` (exclusive), from the high bits of an LCG. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor(this.#state / 2 ** 32 * limit);
  }

  /** One of `choices`. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.below(256);
    return bytes;
  }

  /** Splits `bytes` at random offsets into copies, some of them empty. */
  split(bytes: Uint8Array, largest: number): Uint8Array<ArrayBuffer>[] {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < bytes.byteLength;) {
      const end = at + this.below(largest + 1);
      chunks.push(new Uint8Array(bytes.subarray(at, end)));
      at = Math.min(end, bytes.byteLength);
    }
    return chunks;
  }
}

/** The finalizer of MurmurHash3, 32 bits. */
function scramble(seed: number): number {
  let state = seed >>> 0;
  state = Math.imul(state ^ state >>> 16, 0x85ebca6b);
  state = Math.imul(state ^ state >>> 13, 0xc2b2ae35);
  return (state ^ state >>> 16) >>> 0;
}
