// A large file has a list of digests, so that its receiver can compute them while
// the rest arrives.
import { encodeText } from "../bytes.ts";
import { LARGE_FILE } from "./remote/hash_program.ts";
import { type Digest, sha256 } from "./sha256.ts";

/** The unit of a segment, in bytes. */
export const BLOCK = 65_536;

/** So many segments, unless they were smaller or larger than this, in blocks. */
const COUNT = 32;
const SMALLEST = 64;
const LARGEST = 1024;

/** The segments at the beginning of a file. */
export interface Segments {
  /** How many; what is behind them is smaller than one. */
  readonly count: number;
  /** The size of each, in blocks. */
  readonly blocks: number;
}

/**
 * The segments of a file.
 *
 * @param size In bytes; null, for none, if it is not known.
 */
export function segmentsOf(size: number | null): Segments {
  if (size === null || size < LARGE_FILE) return { count: 0, blocks: 0 };
  const wanted = Math.ceil(size / BLOCK / COUNT);
  const blocks = Math.min(Math.max(wanted, SMALLEST), LARGEST);
  return { count: Math.floor(size / (blocks * BLOCK)), blocks };
}

/**
 * The digest of a file in segments: the SHA-256 of a line for each of them, and
 * one for the rest, with its SHA-256 in hex. Without segments, the file's own.
 */
export class SegmentDigest implements Digest {
  readonly #list: Digest | null;
  readonly #size: number;
  #digest: Digest = sha256();
  /** How many segments are not complete. */
  #segments: number;
  /** What is missing of this one, in bytes. */
  #missing: number;

  constructor({ count, blocks }: Segments) {
    this.#list = count > 0 ? sha256() : null;
    this.#size = blocks * BLOCK;
    this.#segments = count;
    this.#missing = this.#size;
  }

  update(part: Uint8Array): void {
    let rest = part;
    while (this.#segments > 0 && rest.byteLength >= this.#missing) {
      this.#digest.update(rest.subarray(0, this.#missing));
      rest = rest.subarray(this.#missing);
      this.#list!.update(line(this.#digest));
      this.#digest = sha256();
      this.#segments--;
      this.#missing = this.#size;
    }
    this.#digest.update(rest);
    this.#missing -= rest.byteLength;
  }

  hex(): string {
    if (this.#list === null) return this.#digest.hex();
    this.#list.update(line(this.#digest));
    return this.#list.hex();
  }
}

function line(digest: Digest): Uint8Array {
  return encodeText(`${digest.hex()}\n`);
}
