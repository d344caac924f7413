import { asBytes } from "../bytes.ts";

/** The most bytes in one message; servers read 32 KiB at a time. */
const CHUNK = 32 * 1024;

/** How many bytes `stdin` queues until its `desiredSize` is 0. */
const HIGH_WATER_MARK = 64 * 1024;

/** The session that an input channel writes to. */
export interface InputTarget {
  /** Sends one message; false when the socket's buffer is full. */
  send(payload: Uint8Array): boolean;
  /** Resolves when there is room again; rejects when the session ends. */
  drained(): Promise<void>;
  /** Sends the end of the input; throws if the protocol cannot. */
  finish(): void;
  /** The writer aborted: the input must not look complete. */
  aborted(reason: unknown): void;
}

/**
 * The input channel as a `WritableStream`: chunked, with the socket's
 * backpressure.
 */
export class InputChannel {
  readonly #target: InputTarget;
  /** For messages. */
  readonly #name: string;
  /** Whether the end of the input is sent, and a wait for that. */
  #isFinished = false;
  #finished: PromiseWithResolvers<void> | null = null;
  #writable: WritableStream<Uint8Array> | null = null;
  #controller: WritableStreamDefaultController | null = null;
  /** Why the stream is, or will be, errored. */
  #failure: { readonly reason: unknown } | null = null;
  #closing: Promise<void> | null = null;
  #broken = false;
  #aborting = false;

  /** @param name What is written to, for messages. */
  constructor(target: InputTarget, name = "stdin") {
    this.#target = target;
    this.#name = name;
  }

  /** Made when it is first asked for: it takes more memory than the rest. */
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        if (this.#failure !== null) controller.error(this.#failure.reason);
        // `abort` below waits for the pending write, which may wait for room.
        controller.signal?.addEventListener("abort", () => {
          this.#aborted(controller.signal.reason);
        });
      },
      write: (chunk) => this.#send(chunk),
      close: () => this.#finish(),
      // Bun before 1.4 has no signal.
      abort: (reason) => this.#aborted(reason),
    }, { highWaterMark: HIGH_WATER_MARK, size: sizeOf });
    return this.#writable;
  }

  /** Writes without keeping the lock; concurrent writes queue in order. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.writable.locked) {
      return Promise.reject(locked(`write to ${this.#name}`));
    }
    const writer = this.writable.getWriter();
    const written = writer.write(bytes);
    writer.releaseLock();
    return written;
  }

  /** Closes the stream after what is queued. Idempotent. */
  close(): Promise<void> {
    if (this.#closing !== null) return this.#closing;
    if (this.writable.locked) {
      return Promise.reject(locked(`close ${this.#name}`));
    }
    this.#closing = this.writable.close().catch((error) => {
      if (this.#broken) throw error;
      if (this.#isFinished) return;
      this.#finished ??= Promise.withResolvers<void>();
      return this.#finished.promise;
    });
    return this.#closing;
  }

  /** Errors the stream: pending and later writes reject with `reason`. */
  fail(reason: unknown): void {
    this.#broken = true;
    this.#failure ??= { reason };
    // A pending abort errors the stream itself, and would fail on this.
    if (!this.#aborting) this.#controller?.error(reason);
  }

  #aborted(reason: unknown): void {
    if (this.#aborting) return;
    this.#aborting = true;
    this.#target.aborted(reason);
  }

  #finish(): void {
    try {
      this.#target.finish();
      this.#isFinished = true;
      this.#finished?.resolve();
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  async #send(chunk: unknown): Promise<void> {
    const bytes = this.#checked(chunk);
    for (let offset = 0; offset < bytes.byteLength; offset += CHUNK) {
      const room = this.#target.send(bytes.subarray(offset, offset + CHUNK));
      if (!room) await this.#target.drained();
    }
  }

  #checked(chunk: unknown): Uint8Array {
    try {
      return asBytes(chunk, this.#name);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }
}

function sizeOf(chunk: unknown): number {
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 1;
}

function locked(action: string): TypeError {
  return new TypeError(
    `Cannot ${action}: a writer or a pipe holds its lock; ` +
      `use that one, or release it first`,
  );
}
