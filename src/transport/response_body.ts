import type { Bytes } from "../bytes.ts";
import { BodyDecoder, type BodyFraming } from "../http/body.ts";
import type { ByteDuplex, DuplexReceiver } from "./duplex.ts";
import type { HeadReader } from "./head_reader.ts";
import { bodyLost } from "./read_body.ts";

/** Parts below this size are joined, in bytes. */
const SMALL = 4 * 1024;

/**
 * Joins small parts of a chunk, so that a server that sends each byte in an HTTP
 * chunk of its own costs bytes, not objects. Moves them together within the
 * chunk, over the chunk headers between them, which the decoder has read.
 */
class PartJoiner {
  readonly #queue: Bytes[];
  #chunk: Bytes = new Uint8Array();
  /** The part to push, as long as it is the only one. */
  #only: Bytes | null = null;
  #from = 0;
  #to = 0;

  constructor(queue: Bytes[]) {
    this.#queue = queue;
  }

  begin(chunk: Bytes): void {
    this.#chunk = chunk;
    this.#from = this.#to = 0;
  }

  readonly add = (part: Bytes): void => {
    const { byteLength } = part;
    const at = part.byteOffset - this.#chunk.byteOffset;
    if (byteLength >= SMALL && at !== this.#to) this.end();
    if (this.#from === this.#to) {
      this.#from = this.#to = at;
      this.#only = part;
    } else {
      this.#chunk.copyWithin(this.#to, at, at + byteLength);
      this.#only = null;
    }
    this.#to += byteLength;
  };

  end(): void {
    if (this.#from === this.#to) return;
    const joined = this.#only ?? this.#chunk.subarray(this.#from, this.#to);
    const sparse = joined.byteLength * 2 < joined.buffer.byteLength;
    // A reader that keeps the part would keep the whole buffer.
    this.#queue.push(sparse ? joined.slice() : joined);
    this.#from = this.#to;
    this.#only = null;
  }
}

/**
 * The body of a response as a stream that reads from the socket only when
 * pulled. It keeps its own queue because `controller.error` would discard the
 * bytes before the error.
 */
export class ResponseBody implements DuplexReceiver {
  readonly stream: ReadableStream<Bytes>;
  readonly drained: () => void;
  readonly #duplex: ByteDuplex;
  readonly #decoder: BodyDecoder;
  readonly #signal: AbortSignal;
  readonly #queue: Bytes[] = [];
  readonly #joiner = new PartJoiner(this.#queue);
  readonly #onAbort = (): void => this.#abort();
  #controller!: ReadableStreamDefaultController<Bytes>;
  #pulled: (() => void) | null = null;
  readonly #onComplete: () => void;
  #opening = true;
  #ending: { error?: unknown } | null = null;
  #over = false;

  /**
   * @param onComplete Called instead of destroying the duplex if nothing follows
   * the complete body. The duplex is then no longer used.
   */
  constructor(
    duplex: ByteDuplex,
    reader: HeadReader,
    framing: BodyFraming,
    signal: AbortSignal,
    onComplete: () => void = () => duplex.destroy(),
  ) {
    this.drained = reader.drained;
    this.#duplex = duplex;
    this.#onComplete = onComplete;
    this.#signal = signal;
    this.#decoder = new BodyDecoder(framing);
    this.stream = new ReadableStream<Bytes>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => this.#release(),
    }, { highWaterMark: 0 });
    signal.addEventListener("abort", this.#onAbort, { once: true });
    reader.deliverTo(this);
    this.#opening = false;
    this.#endIfDone();
    this.#settle();
    if (signal.aborted) this.#abort();
  }

  data(chunk: Bytes): void {
    if (this.#ending) return;
    try {
      this.#joiner.begin(chunk);
      this.#decoder.feed(chunk, this.#joiner.add);
      this.#joiner.end();
      this.#endIfDone();
    } catch (error) {
      this.#end(error);
    }
    if (this.#queue.length > 0 && !this.#ending) this.#duplex.pause();
    this.#settle();
  }

  ended(error?: Error): void {
    if (this.#ending) return;
    try {
      if (error) throw error;
      this.#decoder.end();
      this.#end();
    } catch (cause) {
      this.#end(bodyLost(cause));
    }
    this.#settle();
  }

  #pull(): Promise<void> | void {
    if (this.#deliver()) return;
    this.#duplex.resume();
    return new Promise((resolve) => {
      this.#pulled = resolve;
    });
  }

  /** Delivers to a pending pull. */
  #settle(): void {
    const done = this.#queue.length === 0 && this.#ending !== null;
    if (!this.#pulled && !(done && !this.#ending!.error)) return;
    if (this.#deliver()) {
      this.#pulled?.();
      this.#pulled = null;
    }
  }

  /** Delivers one part or, after the last, the end. */
  #deliver(): boolean {
    if (this.#over) return true;
    const part = this.#queue.shift();
    if (part !== undefined) {
      this.#controller.enqueue(part);
      return true;
    }
    if (!this.#ending) return false;
    this.#finish();
    const { error } = this.#ending;
    if (error === undefined) this.#controller.close();
    else this.#controller.error(error);
    return true;
  }

  /** Not before all that came with the head is known. */
  #endIfDone(): void {
    if (this.#opening || this.#ending || !this.#decoder.done) return;
    if (this.#decoder.rest.byteLength > 0) return this.#end();
    this.#ending = {};
    this.#onComplete();
  }

  /** The socket is no longer needed; queued parts are still delivered. */
  #end(error?: unknown): void {
    if (this.#ending) return;
    this.#ending = { error };
    this.#duplex.destroy();
  }

  #finish(): void {
    this.#over = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
  }

  #abort(): void {
    this.#release();
    this.#controller.error(this.#signal.reason);
    this.#pulled?.();
    this.#pulled = null;
  }

  #release(): void {
    this.#finish();
    this.#queue.length = 0;
    this.#end();
  }
}
