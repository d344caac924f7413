import { type Bytes, concatBytes } from "../../bytes.ts";
import type { CloseInfo } from "../../transport/transport.ts";
import { Notifier } from "../notifier.ts";

/** Receives what was sent into a {@linkcode MemoryPipe}. */
export interface MemoryPipeReceiver {
  message(bytes: Bytes): void;
  ping(): void;
  ended(info: CloseInfo): void;
}

type Item = Bytes | "ping" | CloseInfo;

/** Bytes that may be queued before the sender has to wait, as in a socket. */
const LIMIT = 256 * 1024;

/**
 * One direction of a connection in memory. It delivers in order, in a later
 * microtask, and only while it is not paused.
 */
export class MemoryPipe {
  readonly #queue: Item[] = [];
  readonly #drain = new Notifier();
  #receiver: MemoryPipeReceiver | null = null;
  #queuedBytes = 0;
  #flowing = false;
  #scheduled = false;
  #ended = false;

  /** @returns False when the pipe is full: wait for `drained`. */
  send(parts: readonly Uint8Array[]): boolean {
    if (this.#ended) return true;
    const message = concatBytes(parts);
    this.#queuedBytes += message.byteLength;
    this.#enqueue(message);
    return this.#queuedBytes < LIMIT;
  }

  ping(): void {
    if (!this.#ended) this.#enqueue("ping");
  }

  /** Ends the pipe after what is queued. */
  end(info: CloseInfo): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#enqueue(info);
  }

  /** Drops what is queued, and ends the pipe. */
  reset(info: CloseInfo): void {
    this.#clear();
    this.#ended = false;
    this.end(info);
  }

  /** Drops what is queued, and delivers nothing more. */
  stop(): void {
    this.#clear();
    this.#ended = true;
    this.#receiver = null;
  }

  /** Resolves when there is room or the pipe has ended. */
  drained(): Promise<void> {
    return this.#queuedBytes < LIMIT ? Promise.resolve() : this.#drain.wait();
  }

  /** Starts delivery. */
  open(receiver: MemoryPipeReceiver): void {
    this.#receiver = receiver;
    this.resume();
  }

  pause(): void {
    this.#flowing = false;
  }

  resume(): void {
    this.#flowing = true;
    this.#schedule();
  }

  #enqueue(item: Item): void {
    this.#queue.push(item);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#flowing && this.#receiver !== null) {
      const item = this.#queue.shift();
      if (item === undefined) break;
      if (item === "ping") this.#receiver.ping();
      else if (item instanceof Uint8Array) {
        this.#queuedBytes -= item.byteLength;
        this.#receiver.message(item);
      } else this.#receiver.ended(item);
    }
    if (this.#queuedBytes < LIMIT) this.#drain.notify();
  }

  #clear(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#drain.notify();
  }
}
