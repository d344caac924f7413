import { type Bytes, concatBytes } from "../../bytes.ts";
import type { CloseInfo } from "../../transport/transport.ts";

/** What comes out of a {@linkcode MemoryPipe}. */
export interface MemoryPipeReceiver {
  message(bytes: Bytes): void;
  ping(): void;
  ended(closure: CloseInfo): void;
}

type Item = Bytes | "ping" | CloseInfo;

/** Bytes under way before the sender is told to wait, as a socket's buffer. */
const LIMIT = 256 * 1024;

/**
 * One direction of a connection in memory: what goes in comes out in order, in
 * a later turn, and only while the receiver reads.
 */
export class MemoryPipe {
  readonly #queue: Item[] = [];
  #receiver: MemoryPipeReceiver | null = null;
  #bytes = 0;
  #flowing = false;
  #scheduled = false;
  #over = false;
  #room: PromiseWithResolvers<void> | null = null;

  /** @returns False when it is full: wait for `drained`. */
  send(parts: readonly Uint8Array[]): boolean {
    if (this.#over) return true;
    const message = concatBytes(parts);
    this.#bytes += message.byteLength;
    this.#put(message);
    return this.#bytes < LIMIT;
  }

  ping(): void {
    if (!this.#over) this.#put("ping");
  }

  /** Ends it after what was sent. */
  end(closure: CloseInfo): void {
    if (this.#over) return;
    this.#over = true;
    this.#put(closure);
  }

  /** Ends it, and loses what is under way. */
  cut(closure: CloseInfo): void {
    this.#clear();
    this.#over = false;
    this.end(closure);
  }

  /** Delivers nothing any more. */
  stop(): void {
    this.#clear();
    this.#over = true;
    this.#receiver = null;
  }

  /** Resolves when there is room, or nobody reads. */
  drained(): Promise<void> {
    if (this.#bytes < LIMIT) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
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

  #put(item: Item): void {
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
        this.#bytes -= item.byteLength;
        this.#receiver.message(item);
      } else this.#receiver.ended(item);
    }
    if (this.#bytes < LIMIT) this.#tellRoom();
  }

  #clear(): void {
    this.#queue.length = 0;
    this.#bytes = 0;
    this.#tellRoom();
  }

  #tellRoom(): void {
    this.#room?.resolve();
    this.#room = null;
  }
}
