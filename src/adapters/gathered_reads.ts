import type * as timers from "node:timers";
import type { Bytes } from "../bytes.ts";
import { builtin } from "../platform/builtin.ts";
import { startTimer, type TimerOptions } from "../timers.ts";

/** The largest array that is made here. */
const LARGEST = 64 * 1024;

/** A shorter read that comes alone is passed on at once: an echo, a status. */
const SMALL = 4 * 1024;

/**
 * Less than this waits for more, for a few turns of the event loop. As much as
 * this is a flood.
 */
const ENOUGH = 32 * 1024;
const MOST_TURNS = 3;

/** How long the last small bytes of a flood wait for more, in milliseconds. */
const LULL = 1;

/** A slot of garbage for so many bytes of an array. */
const BYTES_PER_SLOT = 64;

/** Makes an array; it need not be cleared. */
export type AllocateRead = (length: number) => Bytes;

const DEFAULT: TimerOptions = {};

/** Garbage for V8's young generation. */
let garbage: unknown;

/**
 * Gathers reads that arrive together in arrays of up to 64 KiB. A TLS read is a
 * record, of 5 to 16,384 bytes; an array for each costs a promise or an event, a
 * pass through all layers, and on Node collections of the whole heap.
 *
 * A small read that comes alone is passed on at once. Within a flood, nothing
 * below 4 KiB is passed on before a millisecond without input.
 *
 * Garbage beside each array makes V8 collect the young generation, and with it
 * such arrays, before 64 MB of them start a collection of the whole heap: since
 * V8 13.6 (Node 24.22, 26, Deno 2.9) arrays alone do so only at 128 MB.
 */
export class GatheredReads {
  readonly #newArray: AllocateRead;
  readonly #timer: TimerOptions;
  #receive: ((chunk: Bytes) => void) | null = null;
  #early: Bytes[] = [];
  /** What is gathered is between two indices of it. */
  #block: Bytes | null = null;
  #from = 0;
  #to = 0;
  /** A read into the rest of the block may be pending. */
  #lent = false;
  /** Much was passed on at once, and no lull has followed. */
  #flood = false;
  /** Something was read since the last turn. */
  #moving = false;
  #turn: ReturnType<typeof timers.setImmediate> | null = null;
  #turns = 0;
  #cancelLull: (() => void) | null = null;
  /** Nothing was read since the wait for a lull began. */
  #still = false;
  /** The wait is over: a turn without input makes it a lull. */
  #waited = false;
  #dropped = false;

  constructor(allocate: AllocateRead, timer: TimerOptions = DEFAULT) {
    this.#newArray = allocate;
    this.#timer = timer;
  }

  /** Starts to pass on what was read; the receiver owns the arrays. */
  deliverTo(receive: (chunk: Bytes) => void): void {
    this.#receive = receive;
    for (const chunk of this.#early.splice(0)) receive(chunk);
  }

  /**
   * Where to read into, from {@linkcode gather} on until a small read comes
   * alone; otherwise null. Call {@linkcode filled} after the read.
   */
  get space(): Bytes | null {
    if (this.#block === null && !this.#gathering) return null;
    this.#lent = true;
    return (this.#block ??= this.#allocate(LARGEST)).subarray(this.#to);
  }

  /** The first `length` bytes of `space` were read. */
  filled(length: number): void {
    if (this.#dropped) return;
    this.#lent = false;
    const alone = !this.#gathering && length < SMALL;
    this.#to += length;
    if (alone) return this.#rest();
    if (this.#to === this.#block!.byteLength) this.#full();
    this.#moved();
  }

  /** Adds a copy of `bytes`, and gathers what follows, however few they are. */
  gather(bytes: Uint8Array): void {
    const { byteLength } = bytes;
    for (let at = 0; at < byteLength;) {
      const block = this.#block ??= this.#allocate(LARGEST);
      const part = bytes.subarray(at, at + block.byteLength - this.#to);
      block.set(part, this.#to);
      this.#to += part.byteLength;
      at += part.byteLength;
      if (this.#to === block.byteLength) this.#full();
    }
    this.#moved();
  }

  /** Adds a copy of `bytes`. */
  add(bytes: Uint8Array): void {
    if (!this.#gathering && bytes.byteLength < SMALL) this.#passCopy(bytes);
    else this.gather(bytes);
  }

  /**
   * Passes on `chunk` itself, unless it is small and part of a flood. Takes
   * ownership of it.
   */
  take(chunk: Bytes): void {
    const large = chunk.byteLength >= SMALL;
    if (large && this.#to - this.#from >= SMALL) this.flush();
    const held = this.#to > this.#from;
    if (!held && (large || !this.#gathering)) {
      if (chunk.byteLength >= ENOUGH) this.#flood = true;
      this.#pass(chunk);
      if (this.#flood) this.#moved();
      return;
    }
    // What is held gets large enough by the head.
    const head = chunk.byteLength < 2 * SMALL ? chunk.byteLength : SMALL;
    this.gather(chunk.subarray(0, head));
    if (head === chunk.byteLength) return;
    this.flush();
    this.#pass(chunk.subarray(head));
  }

  /** Passes on what is gathered. */
  flush(): void {
    const block = this.#block;
    const from = this.#from;
    const to = this.#to;
    if (block === null || from === to) return;
    this.#turns = 0;
    if (to - from >= ENOUGH) this.#flood = true;
    this.#from = to;
    if (!this.#lent) this.#from = this.#to = 0;
    this.#passCopy(block.subarray(from, to));
  }

  /** Drops what is gathered, and what is still added. */
  drop(): void {
    this.#dropped = true;
    if (this.#turn !== null) builtin("node:timers").clearImmediate(this.#turn);
    this.#cancelLull?.();
    this.#turn = null;
    this.#cancelLull = null;
    this.#flood = false;
    this.#clear();
    this.#early = [];
  }

  get #gathering(): boolean {
    return this.#turn !== null || this.#flood;
  }

  #allocate(length: number): Bytes {
    garbage = new Array(Math.ceil(length / BYTES_PER_SLOT));
    void garbage;
    return this.#newArray(length);
  }

  /** Passes on the block itself, if none of it has been passed on. */
  #full(): void {
    const block = this.#block!;
    const from = this.#from;
    this.#clear();
    if (from > 0) return this.gather(block.subarray(from));
    this.#turns = 0;
    this.#flood = true;
    this.#pass(block);
  }

  #passCopy(bytes: Uint8Array): void {
    const copy = this.#allocate(bytes.byteLength);
    copy.set(bytes);
    this.#pass(copy);
  }

  #pass(chunk: Bytes): void {
    if (this.#dropped) return;
    if (this.#receive === null) this.#early.push(chunk);
    else this.#receive(chunk);
  }

  #moved(): void {
    if (this.#dropped) return;
    this.#moving = true;
    this.#still = false;
    this.#waited = false;
    this.#wait();
  }

  #wait(): void {
    if (this.#dropped) return;
    this.#turn ??= builtin("node:timers").setImmediate(() => this.#turned());
  }

  #turned(): void {
    this.#turn = null;
    const least = this.#flood ? SMALL : 1;
    const held = this.#to - this.#from;
    if (
      held >= ENOUGH || held >= least && ++this.#turns >= MOST_TURNS
    ) this.flush();
    const moving = this.#moving;
    this.#moving = false;
    if (moving || this.#to - this.#from >= least) return this.#wait();
    if (!this.#flood || this.#waited) this.#rest();
    else if (this.#cancelLull === null) this.#awaitLull();
  }

  #awaitLull(): void {
    this.#still = true;
    this.#cancelLull = startTimer(LULL, () => this.#elapsed(), this.#timer);
  }

  /** After a blocked event loop, timers run before pending input is read. */
  #elapsed(): void {
    this.#cancelLull = null;
    if (!this.#still) return this.#awaitLull();
    this.#waited = true;
    this.#wait();
  }

  /** Passes on what is left, and lets go of the block if no read is pending. */
  #rest(): void {
    this.#flood = false;
    this.#waited = false;
    this.flush();
    this.#turns = 0;
    if (!this.#lent) this.#clear();
  }

  #clear(): void {
    this.#block = null;
    this.#from = 0;
    this.#to = 0;
  }
}
