import type * as timers from "node:timers";
import { type Bytes, concatBytes } from "../../bytes.ts";
import type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
import { TimeSlice } from "../../timers.ts";
import { GatheredReads } from "../gathered_reads.ts";
import { DelayedWrites, type PausableSocket } from "../delayed_writes.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { builtin } from "../../platform/builtin.ts";
import { WriteSlabs } from "../write_slabs.ts";

/** What a read of an idle socket has room for, to keep idle sessions small. */
const IDLE_SIZE = 1024;

const newArray = (length: number): Bytes => new Uint8Array(length);

/** How many bytes may be queued before `write` returns false. */
const HIGH_WATER_MARK = 256 * 1024;

/** The most bytes in one write: Deno's TLS takes no more. */
const BATCH = 64 * 1024;

/** The most bytes in one TLS record (RFC 8446, 5.1). */
const RECORD = 16 * 1024;

/** A smaller chunk is an array of its own while nothing is queued. */
const SMALL = 4 * 1024;

/** How long to wait for a pending write after the close, in milliseconds. */
const LAST_WRITE_TIMEOUT = 100;

const NOOP = (): void => {};
const NOTHING: Bytes = new Uint8Array();

/** A `Deno.Conn`, TCP or TLS, as a {@linkcode ByteDuplex}. */
export class DenoDuplex implements ByteDuplex, PausableSocket {
  readonly released: Promise<void>;
  readonly #conn: Deno.Conn;
  readonly #early: Bytes;
  readonly #release: () => void;
  /** Deno's TLS sends each record by a system call of its own (2.9). */
  readonly #isTls: boolean;
  readonly #slabs = new WriteSlabs();
  readonly #queue: Bytes[] = [];
  #queued = 0;
  /** How many bytes of the first chunk are written. */
  #offset = 0;
  #full = false;
  #receiver: DuplexReceiver | null = null;
  #paused = false;
  #wake = NOOP;
  #reading: Promise<void> = Promise.resolve();
  readonly #reads = new GatheredReads(newArray);
  #writing: Promise<void> | null = null;
  #turn: ReturnType<typeof timers.setImmediate> | null = null;
  /** Ends a wait for more to write. */
  #enough = NOOP;
  /** Writing failed; unread data is delivered before the end. */
  #broken = false;
  #over = false;
  #closed = false;
  #cancelTimer = NOOP;
  /** Shared by reads and writes. */
  readonly #slice = new TimeSlice();
  readonly #ahead = new DelayedWrites(this);

  /** @param early Bytes already read, to deliver first. */
  constructor(conn: Deno.Conn, early: Bytes = NOTHING) {
    this.#conn = conn;
    this.#isTls = "handshake" in conn;
    this.#early = early;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.released = promise;
    this.#release = resolve;
  }

  open(receiver: DuplexReceiver): void {
    const first = this.#receiver === null;
    this.#receiver = receiver;
    if (first) this.#reading = this.#read();
  }

  allocate(length: number): Bytes {
    return length < SMALL && this.#queued === 0
      ? new Uint8Array(length)
      : this.#slabs.allocate(length);
  }

  write(chunk: Bytes): boolean {
    if (this.#over || this.#broken) return false;
    return this.#ahead.write(chunk);
  }

  get hasRoom(): boolean {
    return !this.#over && !this.#broken && !this.#ahead.full && !this.#full;
  }

  /** For the delayed writes. */
  writeNow(chunk: Bytes): boolean {
    if (this.#broken) return false;
    this.#queue.push(chunk);
    this.#queued += chunk.byteLength;
    this.#writing ??= this.#flush();
    if (this.#queued >= BATCH) this.#enough();
    // Once full, it stays full until `drained`.
    if (this.#queued >= HIGH_WATER_MARK) this.#full = true;
    return !this.#full;
  }

  pause(): void {
    this.#ahead.pause();
  }

  resume(): void {
    this.#ahead.resume();
  }

  /** For the delayed writes. */
  stopReading(): void {
    this.#paused = true;
  }

  /** For the delayed writes. */
  startReading(): void {
    this.#paused = false;
    this.#wake();
  }

  end(timeout: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#ahead.flush();
    this.#cancelTimer = startBackgroundTimer(timeout, () => this.destroy());
    this.resume();
    this.#finish();
  }

  destroy(): void {
    this.#over = true;
    if (this.#closed) return;
    this.#closed = true;
    this.#ahead.drop();
    this.#reads.drop();
    this.#cancelTimer();
    this.#slice.end();
    this.#queue.length = 0;
    if (this.#turn !== null) builtin("node:timers").clearImmediate(this.#turn);
    this.#enough();
    this.#conn.close();
    this.resume();
    this.#settle();
  }

  unref(): void {
    this.#conn.unref();
  }

  ref(): void {
    this.#conn.ref();
  }

  /** Waits for pending reads and writes, which the close makes fail. */
  async #settle(): Promise<void> {
    if (this.#writing !== null) await this.#lastWrite(this.#writing);
    await this.#reading;
    this.#release();
  }

  /**
   * Before Deno 2.9, a write that the peer does not read outlives the close, and
   * with TLS encrypted data keeps the socket open until the peer reads it.
   */
  async #lastWrite(writing: Promise<void>): Promise<void> {
    let giveUp = (): void => {};
    const timeout = new Promise<void>((resolve) => {
      giveUp = startBackgroundTimer(LAST_WRITE_TIMEOUT, resolve);
    });
    await Promise.race([writing, timeout]);
    giveUp();
  }

  /** Sends FIN after queued data, then discards input up to the peer's FIN. */
  async #finish(): Promise<void> {
    try {
      await this.#writing;
      if (!this.#closed && !this.#broken) await this.#conn.closeWrite();
    } catch {
      // The peer has closed already.
    }
    await this.#reading;
    this.destroy();
  }

  async #read(): Promise<void> {
    const idle = new Uint8Array(IDLE_SIZE);
    const reads = this.#reads;
    try {
      if (this.#early.byteLength > 0) await this.#deliverEarly();
      reads.deliverTo((chunk) => {
        if (!this.#over) this.#receiver!.data(chunk);
      });
      for (;;) {
        const turn = this.#slice.turn();
        if (turn) await turn;
        if (this.#paused) await this.#resumed();
        if (this.#closed) return;
        const space = reads.space;
        const length = await this.#conn.read(space ?? idle);
        if (length === null) break;
        if (this.#over) continue;
        this.#ahead.received(length);
        if (space !== null) reads.filled(length);
        else if (length < IDLE_SIZE) reads.add(idle.subarray(0, length));
        else reads.gather(idle);
      }
      reads.flush();
      if (!this.#over) this.#receiver!.ended();
    } catch (error) {
      reads.flush();
      if (!this.#over) this.#receiver!.ended(error as Error);
    } finally {
      reads.drop();
    }
  }

  /** Not within `open`. */
  async #deliverEarly(): Promise<void> {
    await Promise.resolve();
    if (!this.#over) this.#receiver!.data(this.#early);
  }

  async #resumed(): Promise<void> {
    while (this.#paused) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = NOOP;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const turn = this.#slice.turn();
        if (turn) {
          await turn;
          continue; // The queue may be empty now.
        }
        const batch = this.#nextBatch();
        const rest = this.#isTls ? batch.byteLength % RECORD : 0;
        const whole = batch.byteLength - rest;
        const length = await this.#conn.write(
          whole === 0 ? batch : batch.subarray(0, whole),
        );
        if (this.#closed) break;
        this.#written(length);
        if (this.#queued < HIGH_WATER_MARK / 2) this.#drained();
        // A flood goes on: do not send its last bytes as a record of their own.
        if (whole > 0 && this.#queued > 0) await this.#more();
      }
    } catch {
      this.#broken = true;
      this.#queue.length = 0;
      this.#drained();
    }
    this.#writing = null;
  }

  /** Waits for a whole batch, or for a turn of the event loop. */
  async #more(): Promise<void> {
    if (this.#queued >= BATCH) return;
    await new Promise<void>((resolve) => {
      this.#enough = resolve;
      this.#turn ??= builtin("node:timers").setImmediate(() => {
        this.#turn = null;
        this.#enough();
      });
    });
  }

  /** The next bytes: chunks that are adjacent, else as many as fit in a record. */
  #nextBatch(): Bytes {
    const first = this.#queue[0]!;
    const { buffer } = first;
    const from = first.byteOffset + this.#offset;
    let to = first.byteOffset + first.byteLength;
    let count = 1;
    for (; count < this.#queue.length; count++) {
      const next = this.#queue[count]!;
      if (next.buffer !== buffer || next.byteOffset !== to) break;
      to += next.byteLength;
      if (to - from >= BATCH) break;
    }
    const adjacent = new Uint8Array(buffer, from, Math.min(to - from, BATCH));
    let { byteLength } = adjacent;
    let joined = count;
    for (; joined < this.#queue.length; joined++) {
      byteLength += this.#queue[joined]!.byteLength;
      if (byteLength > RECORD) break;
    }
    if (joined === count) return adjacent;
    return concatBytes([adjacent, ...this.#queue.slice(count, joined)]);
  }

  /** The next `length` bytes are written. */
  #written(length: number): void {
    this.#queued -= length;
    let left = this.#offset + length;
    let count = 0;
    for (; count < this.#queue.length; count++) {
      const chunk = this.#queue[count]!;
      if (chunk.byteLength > left) break;
      left -= chunk.byteLength;
      this.#slabs.release(chunk);
    }
    this.#queue.splice(0, count);
    this.#offset = left;
  }

  #drained(): void {
    if (!this.#full) return;
    this.#full = false;
    this.drained();
  }

  /** For the delayed writes. */
  drained(): void {
    if (!this.#over) this.#receiver?.drained();
  }
}
