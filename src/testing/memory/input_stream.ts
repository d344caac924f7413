import type { Bytes } from "../../bytes.ts";

/** Bytes that wait unread before the writer is held up. */
const LIMIT = 64 * 1024;

/** The stdin of a scripted command: written to on one side, read on the other. */
export class InputStream {
  readonly readable: ReadableStream<Bytes>;
  #controller!: ReadableStreamDefaultController<Bytes>;
  #over = false;
  #room = Promise.withResolvers<void>();

  constructor() {
    this.readable = new ReadableStream<Bytes>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#tellRoom(),
      cancel: () => this.#end(),
    }, { highWaterMark: LIMIT, size: (bytes) => bytes.byteLength });
  }

  /** @returns False when there is no room: wait for `drained`. */
  write(bytes: Bytes): boolean {
    if (this.#over) return true;
    this.#controller.enqueue(bytes.slice());
    return this.#hasRoom;
  }

  /** Resolves when there is room, or nobody reads. */
  drained(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : this.#room.promise;
  }

  /** Ends the stream after what was written. */
  end(): void {
    if (this.#over) return;
    this.#controller.close();
    this.#end();
  }

  get #hasRoom(): boolean {
    return this.#over || this.#controller.desiredSize! > 0;
  }

  #end(): void {
    this.#over = true;
    this.#tellRoom();
  }

  #tellRoom(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }
}
