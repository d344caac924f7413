import { readDecimal } from "./pax_records.ts";
import { BLOCK, readNumber } from "./tar_header.ts";

/**
 * Which parts of a sparse file an archive holds: offset and length of each in
 * turn, ascending. Zeros are between them and up to `size`.
 */
export interface SparseMap {
  readonly size: number;
  readonly parts: readonly number[];
}

/** More parts would take more memory than a copy may. */
export const MOST_PARTS = 2 ** 18;

/**
 * Checks that the parts ascend without overlap and take `stored` bytes together.
 *
 * @returns Null if they do not.
 */
export function sparseMap(
  size: number | null,
  parts: readonly number[],
  stored: number,
): SparseMap | null {
  if (size === null || parts.length % 2 !== 0) return null;
  let end = 0;
  let sum = 0;
  for (let i = 0; i < parts.length; i += 2) {
    const offset = parts[i]!;
    const length = parts[i + 1]!;
    if (offset < end || length < 0) return null;
    end = offset + length;
    sum += length;
  }
  return end <= size && sum === stored ? { size, parts } : null;
}

/** Where the old format of GNU tar has its map in a header. */
const OLD_PARTS = 386;
const OLD_COUNT = 4;
const OLD_EXTENDED = 482;
const OLD_SIZE = 483;
const EXTENSION_COUNT = 21;
const EXTENSION_EXTENDED = 504;

/** A map in GNU tar's old format (type "S"), as its blocks are read. */
export class OldSparseMap {
  readonly parts: number[] = [];
  /** The real size of the file; null if the header has no number there. */
  readonly size: number | null;
  /** Whether another block of the map follows. */
  extended: boolean;

  constructor(header: Uint8Array) {
    this.size = readNumber(header, OLD_SIZE, 12);
    this.extended = header[OLD_EXTENDED] !== 0;
    this.#read(header, OLD_PARTS, OLD_COUNT);
  }

  /** Reads a block that follows; false if there are too many parts. */
  extend(block: Uint8Array): boolean {
    this.extended = block[EXTENSION_EXTENDED] !== 0;
    this.#read(block, 0, EXTENSION_COUNT);
    return this.parts.length <= 2 * MOST_PARTS;
  }

  #read(block: Uint8Array, start: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const at = start + 24 * i;
      if (block[at] === 0 && block[at + 12] === 0) return;
      // A number that cannot be read fails the check of the map.
      const offset = readNumber(block, at, 12) ?? -1;
      const length = readNumber(block, at + 12, 12) ?? -1;
      this.parts.push(offset, length);
    }
  }
}

/** The numbers of `GNU.sparse.map` (version 0.1); null if they are none. */
export function readSparseList(bytes: Uint8Array): number[] | null {
  const numbers: number[] = [];
  for (let start = 0; start <= bytes.byteLength;) {
    const comma = bytes.indexOf(0x2c, start);
    const end = comma < 0 ? bytes.byteLength : comma;
    const number = readDecimal(bytes.subarray(start, end));
    if (number === null || numbers.length >= 2 * MOST_PARTS) return null;
    numbers.push(number);
    start = end + 1;
  }
  return numbers;
}

/**
 * The numbers at the start of a member of version 1.0: their count, then offset
 * and length of each part, each with a newline, padded to whole blocks.
 */
export class SparseLines {
  readonly parts: number[] = [];
  #expected: number | null = null;
  #value = 0;
  #digits = 0;

  /** Whether all numbers have been read. */
  get complete(): boolean {
    return this.#expected !== null && this.parts.length === this.#expected;
  }

  /** Reads a block; false if it is not part of a map. */
  add(block: Uint8Array): boolean {
    for (let i = 0; i < BLOCK && !this.complete; i++) {
      const digit = block[i]! - 0x30;
      if (digit >= 0 && digit <= 9) {
        this.#value = this.#value * 10 + digit;
        if (++this.#digits > 16) return false;
      } else if (block[i] !== 0x0a || this.#digits === 0) return false;
      else if (!this.#endNumber()) return false;
    }
    return true;
  }

  #endNumber(): boolean {
    if (!Number.isSafeInteger(this.#value)) return false;
    if (this.#expected !== null) this.parts.push(this.#value);
    else if (this.#value > MOST_PARTS) return false;
    else this.#expected = 2 * this.#value;
    this.#value = 0;
    this.#digits = 0;
    return true;
  }
}
