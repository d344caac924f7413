import type { Bytes } from "../bytes.ts";

/** While little comes: a session that only waits takes no more. */
const LEAST = 1024;

/** While much comes; a read of TLS gives no more than a record has. */
const MOST = 64 * 1024;
const MOST_OF_TLS = 16 * 1024;

/** After so many small reads in a row little comes. */
const SMALL_READS = 3;

/** What a `Deno.Conn` is read into: a buffer that is as large as what comes. */
export class DenoSlabs {
  readonly #most: number;
  #slab: Bytes = new Uint8Array(LEAST);
  #smallReads = 0;

  constructor(conn: Deno.Conn) {
    this.#most = "handshake" in conn ? MOST_OF_TLS : MOST;
  }

  /** To read into, from its start. */
  get slab(): Bytes {
    return this.#slab;
  }

  /** The bytes that were read, in a buffer that is the taker's. */
  take(length: number): Bytes {
    const slab = this.#slab;
    if (length === slab.byteLength) {
      this.#slab = new Uint8Array(this.#most);
      this.#smallReads = 0;
      return slab;
    }
    const small = length <= LEAST;
    this.#smallReads = small ? this.#smallReads + 1 : 0;
    if (this.#smallReads === SMALL_READS && slab.byteLength > LEAST) {
      this.#slab = new Uint8Array(LEAST);
    }
    return slab.slice(0, length);
  }
}
