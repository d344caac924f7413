import type { Writable } from "node:stream";
import type { Bytes } from "../../bytes.ts";

/** Bytes that may wait for the process before its client is held up. */
const LIMIT = 64 * 1024;

/**
 * The stdin of a process. It has one write under way at a time: Deno 2.5 throws
 * out of its depth when several are joined and the process has closed its end.
 */
export class StdinPipe {
  readonly #stream: Writable | null;
  readonly #queue: Bytes[] = [];
  #waiting = 0;
  #writing = false;
  #ended = false;
  #broken = false;
  #room = Promise.withResolvers<void>();

  /** @param stream Null for a process without stdin: all is discarded. */
  constructor(stream: Writable | null) {
    this.#stream = stream;
    this.#broken = stream === null;
    stream?.on("error", () => this.#break());
    stream?.on("close", () => this.#break());
  }

  /** @returns False when there is no room: wait for `drained`. */
  write(bytes: Bytes): boolean {
    if (this.#broken || this.#ended) return true;
    this.#queue.push(bytes);
    this.#waiting += bytes.byteLength;
    this.#pump();
    return this.#hasRoom;
  }

  /** Resolves when there is room, or the process takes no more. */
  drained(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : this.#room.promise;
  }

  /** Closes it after what was written. */
  end(): void {
    this.#ended = true;
    this.#pump();
  }

  get #hasRoom(): boolean {
    return this.#broken || this.#waiting < LIMIT;
  }

  #pump(): void {
    if (this.#writing || this.#broken) return;
    const bytes = this.#queue.shift();
    if (bytes === undefined) {
      if (this.#ended) this.#stream!.end();
      return;
    }
    this.#writing = true;
    this.#stream!.write(bytes, (error) => {
      if (error) return this.#break();
      this.#writing = false;
      this.#waiting -= bytes.byteLength;
      this.#tellRoom();
      this.#pump();
    });
  }

  #break(): void {
    this.#broken = true;
    this.#queue.length = 0;
    this.#tellRoom();
  }

  #tellRoom(): void {
    if (!this.#hasRoom) return;
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }
}
