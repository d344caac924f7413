import type { Bytes } from "../../bytes.ts";

/** How far a match may reach back (RFC 1951). */
const WINDOW = 32 * 1024;

/** The longest output of one call. */
const LIMIT = 64 * 1024;

const MAX_BITS = 15;
const FIRST_LENGTH_CODE = 257;
const END_OF_BLOCK = 256;

/** The base and the extra bits of the codes of lengths (RFC 1951, 3.2.5). */
const LENGTHS = withExtraBits(3, [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4],
  ...[5, 5, 5, 5],
]);
LENGTHS.push([258, 0]);

/** The same for distances. */
const DISTANCES = withExtraBits(1, [
  ...[0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9],
  ...[10, 10, 11, 11, 12, 12, 13, 13],
]);

/** The order of the code lengths in the head of a dynamic block (3.2.7). */
const ORDER = [
  ...[16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15],
];

const FIXED_LITERALS = huffman([
  ...Array(144).fill(8),
  ...Array(112).fill(9),
  ...Array(24).fill(7),
  ...Array(8).fill(8),
]);
const FIXED_DISTANCES = huffman(Array(30).fill(5));

/** A canonical Huffman code: the number of codes of each length, and symbols. */
interface Huffman {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

/**
 * Decompresses a stream of DEFLATE (RFC 1951) that is flushed after each part.
 * In place of `node:zlib`, which on Deno ignores the dictionary.
 */
export class Inflater {
  /** The latest output, which matches refer to. */
  #window: Uint8Array;
  #input: Bytes = new Uint8Array();
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  #output = new Uint8Array(LIMIT);
  #size = 0;

  constructor(dictionary: Bytes) {
    this.#window = dictionary;
  }

  /**
   * Decompresses a part that ends with a flush.
   *
   * @throws {RangeError} It is malformed, incomplete, or too long.
   */
  inflate(part: Bytes): Bytes {
    this.#input = part;
    this.#at =
      this.#bits =
      this.#bitCount =
      this.#size =
        0;
    while (this.#at < part.byteLength) this.#block();
    const output = this.#output.slice(0, this.#size);
    const window = new Uint8Array(this.#window.byteLength + this.#size);
    window.set(this.#window);
    window.set(output, this.#window.byteLength);
    this.#window = window.slice(-WINDOW);
    return output;
  }

  #block(): void {
    // Whether it is the last one does not matter: the input ends with it.
    this.#take(1);
    switch (this.#take(2)) {
      case 0:
        return this.#stored();
      case 1:
        return this.#compressed(FIXED_LITERALS, FIXED_DISTANCES);
      case 2:
        return this.#dynamic();
    }
    throw malformed("a block is of the reserved type");
  }

  #stored(): void {
    this.#bits = this.#bitCount = 0;
    const length = this.#take(16);
    if (this.#take(16) !== (length ^ 0xffff)) {
      throw malformed("the length of a block is contradictory");
    }
    for (let left = length; left > 0; left--) this.#put(this.#take(8));
  }

  #dynamic(): void {
    const literals = this.#take(5) + FIRST_LENGTH_CODE;
    const distances = this.#take(5) + 1;
    const lengths: number[] = Array(19).fill(0);
    const count = this.#take(4) + 4;
    for (let at = 0; at < count; at++) lengths[ORDER[at]!] = this.#take(3);
    const code = huffman(lengths);
    const all: number[] = [];
    while (all.length < literals + distances) this.#codeLength(code, all);
    if (all.length > literals + distances) {
      throw malformed("there are too many code lengths");
    }
    this.#compressed(
      huffman(all.slice(0, literals)),
      huffman(all.slice(literals)),
    );
  }

  #codeLength(code: Huffman, all: number[]): void {
    const symbol = this.#symbol(code);
    if (symbol < 16) {
      all.push(symbol);
      return;
    }
    const value = symbol === 16 ? all.at(-1) : 0;
    if (value === undefined) throw malformed("nothing is repeated");
    const times = symbol === 16
      ? 3 + this.#take(2)
      : symbol === 17
      ? 3 + this.#take(3)
      : 11 + this.#take(7);
    for (let left = times; left > 0; left--) all.push(value);
  }

  #compressed(literals: Huffman, distances: Huffman): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === END_OF_BLOCK) return;
      if (symbol < END_OF_BLOCK) this.#put(symbol);
      else {
        const length = this.#value(LENGTHS, symbol - FIRST_LENGTH_CODE);
        const distance = this.#value(DISTANCES, this.#symbol(distances));
        for (let left = length; left > 0; left--) {
          this.#put(this.#back(distance));
        }
      }
    }
  }

  #value(table: readonly (readonly [number, number])[], code: number): number {
    const entry = table[code];
    if (entry === undefined) throw malformed("a code is reserved");
    return entry[0] + this.#take(entry[1]);
  }

  #back(distance: number): number {
    const at = this.#size - distance;
    const byte = at >= 0
      ? this.#output[at]
      : this.#window[this.#window.byteLength + at];
    if (byte === undefined) throw malformed("a match is too far back");
    return byte;
  }

  #put(byte: number): void {
    if (this.#size === LIMIT) throw malformed("its output is too long");
    this.#output[this.#size++] = byte;
  }

  /** The next bits, the lowest first. */
  #take(count: number): number {
    while (this.#bitCount < count) {
      const byte = this.#input[this.#at++];
      if (byte === undefined) throw malformed("it is incomplete");
      this.#bits |= byte << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #symbol({ counts, symbols }: Huffman): number {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= this.#take(1);
      const count = counts[length]!;
      if (code - first < count) return symbols[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw malformed("a code is unknown");
  }
}

/** @param lengths The length of each symbol's code; 0 for an unused one. */
function huffman(lengths: readonly number[]): Huffman {
  const counts: number[] = Array(MAX_BITS + 1).fill(0);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  let left = 1;
  for (const count of counts.slice(1)) {
    left = 2 * left - count;
    if (left < 0) throw malformed("there are too many codes");
  }
  const symbols = lengths
    .map((length, symbol) => ({ length, symbol }))
    .filter(({ length }) => length > 0)
    .sort((one, other) =>
      one.length - other.length || one.symbol - other.symbol
    );
  return { counts, symbols: symbols.map(({ symbol }) => symbol) };
}

/** The base and the extra bits of consecutive codes. */
function withExtraBits(
  start: number,
  extra: readonly number[],
): [number, number][] {
  let base = start;
  return extra.map((bits) => {
    const entry: [number, number] = [base, bits];
    base += 1 << bits;
    return entry;
  });
}

function malformed(problem: string): RangeError {
  return new RangeError(`Cannot decompress the bytes: ${problem}`);
}
