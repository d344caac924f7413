import type { Bytes } from "../bytes.ts";
import { BufferOverflowError } from "../errors.ts";
import { ByteQueue } from "./byte_queue.ts";
import type { ChannelSink } from "./demultiplexer.ts";

/** How a channel ended; undefined before that. */
type Ending = { readonly reason: unknown } | "complete" | undefined;

/**
 * One output channel as a `ReadableStream`: lossless, bounded by a byte mark,
 * its ending behind its bytes.
 *
 * The stream's own high-water mark is 0: `pull` then means that a read was
 * requested, and no chunk is queued where `controller.error()` would drop it.
 */
export class OutputChannel implements ChannelSink {
  /** Whether a read was ever requested. */
  claimed = false;
  /** Set by the flow control: bytes beyond the mark are dropped and counted. */
  discarding = false;

  readonly #name: "stdout" | "stderr" | null;
  readonly #mark: number;
  readonly #changed: () => void;
  readonly #queue = new ByteQueue();
  #readable: ReadableStream<Bytes> | null = null;
  #controller: ReadableStreamDefaultController<Bytes> | null = null;
  #ending: Ending;
  /** How the stream ends, or has ended. */
  #outcome: Ending;
  #settled = false;
  #waiting = false;
  #delivering = false;
  #discarded = 0;

  /**
   * @param name The channel, for errors; null for one that is never discarded.
   * @param mark How many bytes to queue until the channel is full.
   * @param changed Called whenever `full`, `claimed` or `waiting` may differ.
   */
  constructor(
    name: "stdout" | "stderr" | null,
    mark: number,
    changed: () => void,
  ) {
    this.#name = name;
    this.#mark = mark;
    this.#changed = changed;
  }

  /** Made when it is first asked for: it takes more memory than the rest. */
  get readable(): ReadableStream<Bytes> {
    this.#readable ??= new ReadableStream<Bytes>({
      start: (controller) => {
        this.#controller = controller;
        this.#endStream();
      },
      pull: () => this.#pull(),
      cancel: () => this.#cancel(),
    }, { highWaterMark: 0 });
    return this.#readable;
  }

  /** Whether a read is pending: its reader still holds the lock. */
  get waiting(): boolean {
    return this.#waiting && this.#readable!.locked;
  }

  /** Whether the queue has reached the mark, and a read would change that. */
  get full(): boolean {
    if (this.#settled || (this.claimed && this.#discarded > 0)) return false;
    return this.#queue.size >= this.#mark;
  }

  /** Whether its reader has cancelled it. */
  get cancelled(): boolean {
    return this.#settled && this.#outcome === undefined;
  }

  data(part: Bytes, start = 0): void {
    if (this.#settled || this.#ending !== undefined) return;
    // The reader that the discarding was for may have released its lock,
    // without an event.
    if (this.discarding && this.full) this.#changed();
    if (this.#discarded > 0 || this.discarding) {
      return this.#keepPrefix(part.subarray(start));
    }
    this.#queue.push(part, start, this.#waiting);
    if (this.#waiting) this.#deliverSoon();
    if (this.full) this.#changed();
  }

  end(): void {
    this.#finish("complete");
  }

  fail(reason: unknown, drop: boolean): void {
    if (!drop) return this.#finish({ reason });
    if (this.#settled) return;
    this.#queue.clear();
    this.#discarded = 0;
    this.#settle({ reason });
  }

  #pull(): void {
    this.claimed = true;
    if (this.#queue.size === 0) {
      this.#waiting = true;
      this.#settleIfDrained();
    } else {
      this.#deliver();
    }
    this.#changed();
  }

  /** Deferred one microtask to coalesce parts of a chunk; adds no latency. */
  #deliverSoon(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    queueMicrotask(() => {
      this.#delivering = false;
      if (!this.#waiting || this.#queue.size === 0) return;
      this.#waiting = false;
      this.#deliver();
      this.#changed();
    });
  }

  #deliver(): void {
    this.#controller!.enqueue(this.#queue.shift()!);
    if (this.#delivered) this.#settleIfDrained();
  }

  #cancel(): void {
    this.claimed = true;
    this.#settled = true;
    this.#waiting = false;
    this.#queue.clear();
    this.#changed();
  }

  #keepPrefix(part: Bytes): void {
    const room = Math.max(0, this.#mark - this.#queue.size);
    const kept = this.#discarded > 0 ? 0 : Math.min(room, part.byteLength);
    this.#queue.push(part.subarray(0, kept));
    if (kept === part.byteLength) return;
    this.#discarded += part.byteLength - kept +
      this.#queue.truncate(this.#mark);
  }

  #finish(ending: Ending): void {
    if (this.#settled || this.#ending !== undefined) return;
    this.#ending = ending;
    if (this.#queue.size === 0 && this.#delivered) this.#settleIfDrained();
  }

  /** Whether reads took all chunks: an ending would drop one. */
  get #delivered(): boolean {
    return this.#controller === null || this.#controller.desiredSize === 0;
  }

  /** Ends the stream, if it has ended and the queue is empty. */
  #settleIfDrained(): void {
    if (this.#settled || this.#queue.size > 0) return;
    if (this.#discarded > 0 && this.claimed) {
      this.#settle({ reason: this.#overflow() });
    } else if (this.#ending !== undefined) {
      this.#settle(this.#ending);
    }
  }

  #settle(ending: Exclude<Ending, undefined>): void {
    this.#settled = true;
    this.#waiting = false;
    this.#outcome = ending;
    this.#endStream();
  }

  #endStream(): void {
    if (this.#controller === null || this.#outcome === undefined) return;
    if (this.#outcome === "complete") this.#controller.close();
    else this.#controller.error(this.#outcome.reason);
  }

  #overflow(): BufferOverflowError {
    return new BufferOverflowError(
      `Cannot read all of ${
        this.#name ?? "the channel"
      }: ${this.#discarded} bytes beyond the ` +
        `high-water mark of ${this.#mark} were discarded: it was never read ` +
        `while another channel or the status was awaited`,
      { channel: this.#name, limit: this.#mark, discarded: this.#discarded },
    );
  }
}
