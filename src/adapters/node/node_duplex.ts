import type { Bytes } from "../../bytes.ts";
import type { ByteDuplex, DuplexReceiver } from "../../transport/duplex.ts";
import { TimeSlice } from "../../timers.ts";
import { DelayedWrites, type PausableSocket } from "../delayed_writes.ts";
import { WriteSlabs } from "../write_slabs.ts";
import { startBackgroundTimer } from "../../platform/background_timer.ts";
import { GatheredReads } from "../gathered_reads.ts";
import { allocateRead } from "./node_reads.ts";
import type { RuntimeQuirks } from "./runtime_quirks.ts";
import type { Socket } from "node:net";

/** A smaller chunk is an array of its own. */
const SMALL = 4 * 1024;

const NOOP = (): void => {};

/** The internal state of a Node stream that is needed here. */
interface Errored {
  readonly _readableState: { errored: Error | null };
}

/**
 * Keeps a socket alive after a failed write until reading ends too: see
 * {@linkcode RuntimeQuirks.surviveWriteError}.
 */
export class DeferredWriteError {
  readonly #socket: Socket;
  readonly #destroy: Socket["destroy"];
  #pending = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#destroy = socket.destroy;
    socket.destroy = (error) => this.#destroyed(error);
  }

  /** Whether a write has failed and only reading continues. */
  get pending(): boolean {
    return this.#pending;
  }

  /** Stops deferring: a failed write destroys the socket, now or later. */
  release(): void {
    this.#socket.destroy = this.#destroy;
    if (this.#pending) this.#socket.destroy();
  }

  #destroyed(error?: Error & { syscall?: string }): Socket {
    if (this.#pending || error?.syscall !== "write") {
      return this.#destroy.call(this.#socket, error);
    }
    this.#pending = true;
    // A stream with an error accepts no more data.
    (this.#socket as unknown as Errored)._readableState.errored = null;
    return this.#socket;
  }
}

/** What TLS runs over, as far as it is paused, watched and released apart. */
export interface TlsSource {
  readonly closed: boolean;
  readonly writableNeedDrain: boolean;
  on(event: "drain", listener: () => void): void;
  once(event: "close", listener: () => void): void;
  pause(): void;
  resume(): void;
  destroy(): void;
  ref(): void;
  unref(): void;
}

/** A `node:net` or `node:tls` socket, connected, as a {@linkcode ByteDuplex}. */
export class NodeDuplex implements ByteDuplex, PausableSocket {
  readonly #socket: Socket;
  readonly #source: Socket | TlsSource;
  #receiver: DuplexReceiver | null = null;
  /** The end of reading, kept until there is a receiver. */
  #ending: { error?: Error } | null = null;
  #over = false;
  /** How many of the sockets are open. */
  #open = 0;
  #released: PromiseWithResolvers<void> | null = null;
  readonly #onData = (chunk: Uint8Array): void => {
    this.#reads.take(ownedBytes(chunk));
  };
  readonly #ahead = new DelayedWrites(this);
  readonly #slabs = new WriteSlabs();
  readonly #quirks: RuntimeQuirks;
  readonly #reads: GatheredReads;
  readonly #slice: TimeSlice | null;
  #yielding = false;
  #refusing = false;
  readonly #writeError: DeferredWriteError | null;
  #stopped = false;
  #cancelTimer = NOOP;

  /**
   * @param source What to pause: `socket`, or what its TLS runs over.
   * @param reads What the socket reads, if not in events.
   */
  constructor(
    socket: Socket,
    source: Socket | TlsSource,
    quirks: RuntimeQuirks,
    reads: GatheredReads = new GatheredReads(allocateRead),
  ) {
    this.#socket = socket;
    this.#source = source;
    this.#quirks = quirks;
    this.#reads = reads;
    this.#slice = quirks.pauseToYield || quirks.refuseToYield
      ? new TimeSlice()
      : null;
    this.#writeError = quirks.surviveWriteError
      ? new DeferredWriteError(socket)
      : null;
    for (const each of new Set([socket, source])) {
      if (each.closed) continue;
      this.#open++;
      each.once("close", () => this.#closed());
    }
    if (this.#open === 0) this.#slice?.end();
    socket.once("close", () => this.#end(new Error("the socket was closed")));
    socket.on("error", (error) => this.#end(error));
    socket.on("end", () => this.#end());
  }

  /** Made when it is first asked for. */
  get released(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    this.#released ??= Promise.withResolvers<void>();
    return this.#released.promise;
  }

  #closed(): void {
    if (--this.#open > 0) return;
    this.#cancelTimer();
    this.#slice?.end();
    this.#released?.resolve();
  }

  open(receiver: DuplexReceiver): void {
    const first = this.#receiver === null;
    this.#receiver = receiver;
    if (first) this.#flow();
  }

  #flow(): void {
    if (this.#ending) queueMicrotask(() => this.#deliverEnd());
    const onDrain = (): void => this.drained();
    this.#socket.on("drain", onDrain);
    if (this.#source !== this.#socket) this.#source.on("drain", onDrain);
    this.#socket.on("data", this.#onData);
    this.#socket.resume();
    this.#reads.deliverTo((chunk) => this.#received(chunk));
  }

  #received(chunk: Bytes): void {
    if (this.#over) return;
    this.#ahead.received(chunk.byteLength);
    this.#receiver?.data(chunk);
    this.#yieldIfBlocking();
  }

  allocate(length: number): Bytes {
    return length < SMALL || !this.#quirks.reuseWrites
      ? new Uint8Array(length)
      : this.#slabs.allocate(length);
  }

  write(chunk: Bytes): boolean {
    if (this.#broken) return false;
    return this.#ahead.write(chunk) && !this.#refuseIfBlocking();
  }

  get hasRoom(): boolean {
    return !this.#broken && !this.#ahead.full && !this.#full;
  }

  /** Whether nothing more can be written. */
  get #broken(): boolean {
    return this.#over || this.#ending !== null ||
      this.#writeError?.pending === true;
  }

  /** For the delayed writes. */
  writeNow(chunk: Bytes): boolean {
    return this.#send(chunk) && !this.#full;
  }

  #send(chunk: Bytes): boolean {
    if (chunk.byteLength < SMALL) return this.#socket.write(chunk);
    return this.#socket.write(chunk, (error) => {
      // After a failure the system may still read it.
      if (!error) this.#slabs.release(chunk);
    });
  }

  /** Reports backpressure until the event loop has turned. */
  #refuseIfBlocking(): boolean {
    if (this.#refusing || !this.#quirks.refuseToYield) return this.#refusing;
    const turn = this.#slice?.turn();
    if (!turn) return false;
    this.#refusing = true;
    turn.then(() => {
      this.#refusing = false;
      this.drained();
    });
    return true;
  }

  /** For the delayed writes. */
  drained(): void {
    if (!this.#over && !this.#full) this.#receiver?.drained();
  }

  get #full(): boolean {
    return this.#socket.writableNeedDrain || this.#source.writableNeedDrain;
  }

  pause(): void {
    if (!this.#over) this.#ahead.pause();
  }

  resume(): void {
    if (!this.#over) this.#ahead.resume();
  }

  /** For the delayed writes. */
  startReading(): void {
    this.#stopped = false;
    if (this.#yielding) return;
    if (this.#quirks.drainOnResume) queueMicrotask(() => this.#drainBuffer());
    else this.#source.resume();
  }

  /** Delivers the whole buffer, even if the receiver pauses after a part. */
  #drainBuffer(): void {
    const socket = this.#socket;
    while (socket.readableLength > 0 && socket.read() !== null);
    if (!this.#stopped) this.#source.resume();
  }

  #yieldIfBlocking(): void {
    if (this.#yielding || !this.#quirks.pauseToYield) return;
    const turn = this.#slice?.turn();
    if (!turn) return;
    this.#yielding = true;
    this.#source.pause();
    turn.then(() => {
      this.#yielding = false;
      if (!this.#stopped && !this.#over) this.#source.resume();
    });
  }

  /** For the delayed writes. */
  stopReading(): void {
    this.#stopped = true;
    this.#source.pause();
  }

  end(timeout: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#writeError?.release();
    if (this.#open === 0 || this.#socket.destroyed) return;
    const socket = this.#socket;
    this.#cancelTimer = startBackgroundTimer(timeout, () => this.destroy());
    this.#ahead.flush();
    // A paused socket does not notice the peer's FIN.
    this.#source.resume();
    socket.resume();
    if (!this.#quirks.waitForPeerFin || this.#ending) socket.end();
    else socket.once("end", () => socket.end());
  }

  destroy(): void {
    this.#over = true;
    this.#ahead.drop();
    this.#reads.drop();
    this.#cancelTimer();
    const hasBacklog = this.#socket.writableLength > 0;
    if (this.#quirks.resetOnDestroy && hasBacklog) {
      this.#socket.resetAndDestroy();
    }
    this.#socket.destroy();
    this.#source.destroy();
  }

  unref(): void {
    this.#socket.unref();
    this.#source.unref();
  }

  ref(): void {
    this.#socket.ref();
    this.#source.ref();
  }

  #end(error?: Error): void {
    if (this.#ending) return;
    this.#ending = { error };
    this.#ahead.drop();
    if (this.#receiver) this.#deliverEnd();
  }

  #deliverEnd(): void {
    this.#deliverRest();
    if (!this.#over) this.#receiver?.ended(this.#ending?.error);
  }

  /** Delivers what a paused socket read before it broke: it emits no more data. */
  #deliverRest(): void {
    this.#reads.flush();
    this.#reads.drop();
    this.#socket.off("data", this.#onData);
    while (!this.#over) {
      const chunk = this.#socket.read() as Uint8Array | null;
      if (chunk === null) return;
      this.#receiver?.data(ownedBytes(chunk));
    }
  }
}

/**
 * A `Uint8Array` instead of a `Buffer`, whose `slice` does not copy, with an
 * ArrayBuffer of its own, since small Buffers share a pool.
 */
function ownedBytes(chunk: Uint8Array): Bytes {
  const { buffer, byteOffset, byteLength } = chunk;
  const array = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return byteLength === buffer.byteLength ? array : array.slice();
}
