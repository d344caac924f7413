import { type Bytes, concatBytes } from "../../bytes.ts";
import type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
import { ReadAhead } from "../read_ahead.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";

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

/** How many bytes may wait to be written before `write` returns false. */
const HIGH_WATER_MARK = 256 * 1024;

/** How much of what waits goes out in one write. */
const BATCH = 64 * 1024;

/** How long a write may outlive the socket's close, in milliseconds. */
const LAST_WRITE = 100;

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
  /** Writing failed: what is still to be read comes first. */
  #broken = false;
  #over = false;
  #closed = false;
  #cancelTimer = (): void => {};
  readonly #ahead = new ReadAhead({
    start: () => this.#start(),
    stop: () => this.#paused = true,
    write: (chunk) => this.#enqueue(chunk),
    drained: () => {
      if (!this.#over) this.#receiver?.drained();
    },
  });

  /** @param early What was read from it already, to be delivered first. */
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
    // Once full it stays so until `drained` has said otherwise.
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

  end(grace: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#ahead.flush();
    this.#cancelTimer = startBackgroundTimer(grace, () => this.destroy());
    this.resume();
    this.#finish();
  }

  destroy(): void {
    this.#over = true;
    if (this.#closed) return;
    this.#closed = true;
    this.#ahead.drop();
    this.#cancelTimer();
    this.#queue.length = 0;
    this.#conn.close();
    this.resume();
    this.#settle();
  }

  /** What is under way fails now; it has to be over before we are. */
  async #settle(): Promise<void> {
    if (this.#writing !== null) await this.#lastWrite(this.#writing);
    await this.#reading;
    this.#release();
  }

  /**
   * A write that the peer does not take outlives its socket's close before Deno
   * 2.9, and with TLS what was encrypted keeps the socket until it is taken.
   */
  async #lastWrite(writing: Promise<void>): Promise<void> {
    let giveUp = (): void => {};
    const patience = new Promise<void>((resolve) => {
      giveUp = startBackgroundTimer(LAST_WRITE, resolve);
    });
    await Promise.race([writing, patience]);
    giveUp();
  }

  /** FIN after what is queued, then until the peer's: its bytes are discarded. */
  async #finish(): Promise<void> {
    try {
      await this.#writing;
      if (!this.#closed && !this.#broken) await this.#conn.closeWrite();
    } catch {
      // The peer was faster.
    }
    await this.#reading;
    this.destroy();
  }

  async #read(): Promise<void> {
    const slabs = new DenoSlabs(this.#conn);
    try {
      await this.#deliverEarly();
      for (;;) {
        if (this.#paused) await this.#resumed();
        if (this.#closed) return;
        const length = await this.#conn.read(slabs.slab);
        if (length === null) break;
        if (this.#over) continue;
        this.#ahead.came(length);
        this.#receiver!.data(slabs.take(length));
      }
      if (!this.#over) this.#receiver!.ended();
    } catch (error) {
      if (!this.#over) this.#receiver!.ended(error as Error);
    }
  }

  /** Never from inside `open`. */
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

  /** Several small chunks go out as one. */
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
