// SHA-256 (FIPS 180-4) of bytes that come in parts: Web Crypto takes them only
// as a whole.
import { builtin } from "../platform/builtin.ts";

/** A digest that grows with each part. */
export interface Digest {
  /** Adds a part; reads it at once. */
  update(part: Uint8Array): void;
  /** The digest in lower-case hex; call it once, at the end. */
  hex(): string;
}

/** Begins a digest: the runtime's own, or in pages one in JavaScript. */
export function sha256(): Digest {
  return hasBuiltins() ? nativeDigest() : new PortableSha256();
}

/** The digest of all that there is: for small parts cheaper than a growing one. */
export function sha256Of(bytes: Uint8Array): string {
  const hash = hasBuiltins() ? builtin("node:crypto").hash : undefined;
  // Since Node 20.12.
  if (typeof hash === "function") return hash("sha256", bytes, "hex");
  const digest = sha256();
  digest.update(bytes);
  return digest.hex();
}

function hasBuiltins(): boolean {
  const process: unknown = Reflect.get(globalThis, "process");
  return typeof process === "object" && process !== null &&
    typeof Reflect.get(process, "getBuiltinModule") === "function";
}

function nativeDigest(): Digest {
  const hash = builtin("node:crypto").createHash("sha256");
  return {
    update: (part) => void hash.update(part),
    hex: () => hash.digest("hex"),
  };
}

/** Bytes per block. */
const BLOCK = 64;

/** The fractions of the roots of primes, as 32-bit words. */
function rootWords(count: number, root: (prime: number) => number): number[] {
  const words: number[] = [];
  for (let candidate = 2; words.length < count; candidate++) {
    const isPrime = !Array.from({ length: candidate - 2 }, (_, it) => it + 2)
      .some((it) => candidate % it === 0);
    if (isPrime) words.push(Math.floor((root(candidate) % 1) * 2 ** 32) | 0);
  }
  return words;
}

const ROUNDS = Int32Array.from(rootWords(64, Math.cbrt));
const START = rootWords(8, Math.sqrt);

/** SHA-256 in JavaScript. */
export class PortableSha256 implements Digest {
  readonly #state = Int32Array.from(START);
  readonly #schedule = new Int32Array(64);
  readonly #block = new Uint8Array(BLOCK);
  #used = 0;
  #length = 0;

  update(part: Uint8Array): void {
    this.#length += part.byteLength;
    let at = 0;
    if (this.#used > 0) {
      at = Math.min(BLOCK - this.#used, part.byteLength);
      this.#block.set(part.subarray(0, at), this.#used);
      this.#used += at;
      if (this.#used < BLOCK) return;
      this.#compress(this.#block, 0);
      this.#used = 0;
    }
    for (; at + BLOCK <= part.byteLength; at += BLOCK) this.#compress(part, at);
    this.#block.set(part.subarray(at));
    this.#used = part.byteLength - at;
  }

  hex(): string {
    const bits = this.#length * 8;
    const padding = new Uint8Array(
      BLOCK + (this.#used < 56 ? 0 : BLOCK) - this.#used,
    );
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.byteLength - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padding.byteLength - 4, bits >>> 0);
    this.update(padding);
    return Array.from(
      this.#state,
      (word) => (word >>> 0).toString(16).padStart(8, "0"),
    ).join("");
  }

  #compress(bytes: Uint8Array, at: number): void {
    const w = this.#schedule;
    const state = this.#state;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 |
        bytes[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
      const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
      w[i] = w[i - 16]! + s0 + w[i - 7]! + s1 | 0;
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^
        (e >>> 25 | e << 7);
      const t1 = h + s1 + (e & f ^ ~e & g) + ROUNDS[i]! + w[i]! | 0;
      const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^
        (a >>> 22 | a << 10);
      const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
      h = g;
      g = f;
      f = e;
      e = d + t1 | 0;
      d = c;
      c = b;
      b = a;
      a = t1 + t2 | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }
}
