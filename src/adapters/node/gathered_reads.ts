import type * as timers from "node:timers";
import type { Bytes } from "../../bytes.ts";
import { builtin } from "../../platform/builtin.ts";

/** The largest array that is passed on. */
const LARGEST = 64 * 1024;

/** A shorter read that comes alone is passed on at once: an echo, a status. */
const SMALL = 4 * 1024;

/** Less than this waits for more, for a few turns of the event loop. */
const ENOUGH = 32 * 1024;
const MOST_TURNS = 3;

/** A slot of garbage for so many bytes of an array: see {@linkcode allocate}. */
const BYTES_PER_SLOT = 128;

/**
 * TLS copies each record into it and calls back at once, so that all sockets
 * share one.
 */
let shared: Uint8Array | null = null;

/** The option `onread` of `node:tls`. */
export interface OnRead {
  readonly buffer: Uint8Array;
  callback(length: number, buffer: Uint8Array): boolean;
}

/**
 * Gathers the TLS records that arrive together in arrays of up to 64 KiB.
 * Node's own events have an array for each record, of 5 to 16,384 bytes: V8
 * 13.6 and later then collects the whole heap again and again.
 */
export class GatheredReads {
  readonly onread: OnRead;
  #receive: ((chunk: Bytes) => void) | null = null;
  #early: Bytes[] = [];
  #block: Bytes | null = null;
  #used = 0;
  #turn: ReturnType<typeof timers.setImmediate> | null = null;
  #turns = 0;

  constructor() {
    shared ??= builtin("node:buffer").Buffer.allocUnsafeSlow(LARGEST);
    this.onread = {
      buffer: shared,
      callback: (length, buffer) => {
        this.#received(buffer.subarray(0, length));
        return true;
      },
    };
  }

  /** Starts to pass on what was read; the receiver owns the arrays. */
  deliverTo(receive: (chunk: Bytes) => void): void {
    this.#receive = receive;
    for (const chunk of this.#early.splice(0)) receive(chunk);
  }

  /** Passes on what is gathered. */
  flush(): void {
    const block = this.#block;
    const used = this.#used;
    if (block === null || used === 0) return;
    this.#used = 0;
    this.#turns = 0;
    if (used === block.byteLength) this.#block = null;
    this.#pass(used === block.byteLength ? block : copyOf(block, used));
  }

  /** Drops what is gathered. */
  drop(): void {
    if (this.#turn !== null) builtin("node:timers").clearImmediate(this.#turn);
    this.#turn = null;
    this.#block = null;
    this.#used = 0;
    this.#early = [];
  }

  #received(bytes: Uint8Array): void {
    const { byteLength } = bytes;
    if (this.#turn === null && byteLength < SMALL) {
      return this.#pass(copyOf(bytes, byteLength));
    }
    for (let at = 0; at < byteLength;) {
      const block = this.#block ??= allocate(LARGEST);
      const part = bytes.subarray(at, at + block.byteLength - this.#used);
      block.set(part, this.#used);
      this.#used += part.byteLength;
      at += part.byteLength;
      if (this.#used === block.byteLength) this.flush();
    }
    if (this.#turn === null) this.#wait();
  }

  #pass(chunk: Bytes): void {
    if (this.#receive === null) this.#early.push(chunk);
    else this.#receive(chunk);
  }

  #wait(): void {
    this.#turn = builtin("node:timers").setImmediate(() => this.#turned());
  }

  /** A turn without input ends the gathering. */
  #turned(): void {
    this.#turn = null;
    if (this.#used === 0) {
      this.#block = null;
      return;
    }
    if (this.#used >= ENOUGH || ++this.#turns === MOST_TURNS) {
      this.flush();
    }
    this.#wait();
  }
}

function copyOf(bytes: Uint8Array, length: number): Bytes {
  const copy = allocate(length);
  copy.set(bytes.subarray(0, length));
  return copy;
}

/** Garbage for V8's young generation. */
let garbage: unknown;

/**
 * An array that is not cleared. The garbage beside it makes V8 collect the young
 * generation, and with it such arrays, before 64 MB of them start a collection
 * of the whole heap: since V8 13.6 (Node 24.22, 26) arrays alone do so only at
 * 128 MB.
 */
function allocate(length: number): Bytes {
  garbage = new Array(Math.ceil(length / BYTES_PER_SLOT));
  void garbage;
  const { buffer } = builtin("node:buffer").Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer as ArrayBuffer);
}
