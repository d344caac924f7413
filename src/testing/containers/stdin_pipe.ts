import type { Writable } from "node:stream";
import { nextTurn } from "../../adapters/next_turn.ts";
import type { Bytes } from "../../bytes.ts";
import { Notifier } from "../notifier.ts";

/** Bytes that may be queued before the client has to wait. */
const LIMIT = 64 * 1024;

/**
 * The stdin of a process. It writes one chunk at a time: Deno 2.5 throws an
 * uncaught error when it joins several and the process has closed its end.
 */
export class StdinPipe {
  readonly #stream: Writable | null;
  readonly #queue: Bytes[] = [];
  readonly #drain = new Notifier();
  #queuedBytes = 0;
  #writing = false;
  #ended = false;
  #closing = false;
  #broken = false;

  /** @param stream Null for a process without stdin: writes are discarded. */
  constructor(stream: Writable | null) {
    this.#stream = stream;
    this.#broken = stream === null;
    stream?.on("error", () => this.#break());
    stream?.on("close", () => this.#break());
  }

  /** @returns False when the pipe is full: wait for `drained`. */
  write(bytes: Bytes): boolean {
    if (this.#broken || this.#ended) return true;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.byteLength;
    this.#writeNext();
    return this.#hasRoom;
  }

  /** Resolves when there is room or the process has closed its end. */
  drained(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : this.#drain.wait();
  }

  /** Closes stdin after the queued bytes. */
  end(): void {
    this.#ended = true;
    this.#writeNext();
  }

  get #hasRoom(): boolean {
    return this.#broken || this.#queuedBytes < LIMIT;
  }

  #writeNext(): void {
    if (this.#writing || this.#broken) return;
    const bytes = this.#queue.shift();
    if (bytes === undefined) {
      if (this.#ended) void this.#close();
      return;
    }
    this.#writing = true;
    this.#stream!.write(bytes, (error) => {
      if (error) return this.#break();
      this.#writing = false;
      this.#queuedBytes -= bytes.byteLength;
      if (this.#hasRoom) this.#drain.notify();
      this.#writeNext();
    });
  }

  /**
   * In a turn of its own: where a write drains the pipe, Bun 1.3 closes it when
   * that callback returns, if it has been ended, and drops what a later write
   * left in its buffer.
   */
  async #close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await nextTurn();
    this.#stream!.end();
  }

  #break(): void {
    this.#broken = true;
    this.#queue.length = 0;
    this.#drain.notify();
  }
}
