import { type Bytes, concatBytes } from "../../bytes.ts";
import type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
import { TimeSlice } from "../../timers.ts";
import { DelayedWrites } from "../delayed_writes.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";

/** The buffer size for small reads, to keep idle sessions small. */
const MIN_SIZE = 1024;

/** The buffer size for large reads; a TLS read returns at most one record. */
const MAX_SIZE = 64 * 1024;
const MAX_TLS_SIZE = 16 * 1024;

/** The number of consecutive small reads after which the buffer shrinks. */
const SMALL_READS = 3;

/** The buffer that a `Deno.Conn` is read into; adapts its size to the reads. */
export class ReadBuffer {
  readonly #most: number;
  #bytes: Bytes = new Uint8Array(MIN_SIZE);
  #smallReads = 0;

  constructor(conn: Deno.Conn) {
    this.#most = "handshake" in conn ? MAX_TLS_SIZE : MAX_SIZE;
  }

  /** Read into this, from its start. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  /** The `length` bytes read. The caller owns the array and its ArrayBuffer. */
  take(length: number): Bytes {
    const bytes = this.#bytes;
    if (length === bytes.byteLength) {
      this.#bytes = new Uint8Array(this.#most);
      this.#smallReads = 0;
      return bytes;
    }
    const small = length <= MIN_SIZE;
    this.#smallReads = small ? this.#smallReads + 1 : 0;
    if (this.#smallReads === SMALL_READS && bytes.byteLength > MIN_SIZE) {
      this.#bytes = new Uint8Array(MIN_SIZE);
    }
    return bytes.slice(0, length);
  }
}

/** How many bytes may be queued before `write` returns false. */
const HIGH_WATER_MARK = 256 * 1024;

/** The most queued bytes in one write. */
const BATCH = 64 * 1024;

/** How long to wait for a pending write after the close, in milliseconds. */
const LAST_WRITE_TIMEOUT = 100;

/** A `Deno.Conn`, TCP or TLS, as a {@linkcode ByteDuplex}. */
export class DenoDuplex implements ByteDuplex {
  readonly released: Promise<void>;
  readonly #conn: Deno.Conn;
  readonly #early: Bytes;
  readonly #release: () => void;
  readonly #queue: Bytes[] = [];
  #queued = 0;
  #full = false;
  #receiver: DuplexReceiver | null = null;
  #paused = false;
  #wake = (): void => {};
  #reading: Promise<void> = Promise.resolve();
  #writing: Promise<void> | null = null;
  /** Writing failed; unread data is delivered before the end. */
  #broken = false;
  #over = false;
  #closed = false;
  #cancelTimer = (): void => {};
  /** Shared by reads and writes. */
  readonly #slice = new TimeSlice();
  readonly #ahead = new DelayedWrites({
    start: () => this.#start(),
    stop: () => this.#paused = true,
    write: (chunk) => this.#enqueue(chunk),
    drained: () => {
      if (!this.#over) this.#receiver?.drained();
    },
  });

  /** @param early Bytes already read, to deliver first. */
  constructor(conn: Deno.Conn, early: Bytes = new Uint8Array()) {
    this.#conn = conn;
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

  write(chunk: Bytes): boolean {
    if (this.#over || this.#broken) return false;
    return this.#ahead.write(chunk);
  }

  #enqueue(chunk: Bytes): boolean {
    if (this.#broken) return false;
    this.#queue.push(chunk);
    this.#queued += chunk.byteLength;
    this.#writing ??= this.#flush();
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

  #start(): void {
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
    this.#cancelTimer();
    this.#slice.end();
    this.#queue.length = 0;
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
    const buffer = new ReadBuffer(this.#conn);
    try {
      await this.#deliverEarly();
      for (;;) {
        const turn = this.#slice.turn();
        if (turn) await turn;
        if (this.#paused) await this.#resumed();
        if (this.#closed) return;
        const length = await this.#conn.read(buffer.bytes);
        if (length === null) break;
        if (this.#over) continue;
        this.#ahead.received(length);
        this.#receiver!.data(buffer.take(length));
      }
      if (!this.#over) this.#receiver!.ended();
    } catch (error) {
      if (!this.#over) this.#receiver!.ended(error as Error);
    }
  }

  /** Not within `open`. */
  async #deliverEarly(): Promise<void> {
    if (this.#early.byteLength === 0) return;
    await Promise.resolve();
    if (!this.#over) this.#receiver!.data(this.#early);
  }

  async #resumed(): Promise<void> {
    while (this.#paused) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
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
        let offset = 0;
        while (offset < batch.byteLength) {
          offset += await this.#conn.write(batch.subarray(offset));
        }
        this.#queued -= batch.byteLength;
        if (this.#queued < HIGH_WATER_MARK / 2) this.#drained();
      }
    } catch {
      this.#broken = true;
      this.#queue.length = 0;
      this.#drained();
    }
    this.#writing = null;
  }

  /** Joins small chunks into one write. */
  #nextBatch(): Bytes {
    const first = this.#queue[0]!;
    let count = 1;
    let length = first.byteLength;
    for (; count < this.#queue.length; count++) {
      length += this.#queue[count]!.byteLength;
      if (length > BATCH) break;
    }
    const chunks = this.#queue.splice(0, count);
    return count === 1 ? first : concatBytes(chunks);
  }

  #drained(): void {
    if (!this.#full) return;
    this.#full = false;
    if (!this.#over) this.#receiver?.drained();
  }
}
