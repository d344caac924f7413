import type { Bytes } from "../../bytes.ts";
import type {
  CloseInfo,
  ConnectionReceiver,
} from "../../transport/transport.ts";

/** What a {@linkcode DeliveryQueue} tells. */
export interface DeliveryEvents {
  /** Everything is delivered, and the receiver takes more. */
  idle(): void;
  /** The end is about to be delivered. */
  ending(): void;
}

/** A part of a message. */
interface Part {
  readonly part: Bytes;
  readonly last: boolean;
}

/** Delivers parts of messages, and the end, unless the receiver has paused. */
export class DeliveryQueue {
  readonly #events: DeliveryEvents;
  readonly #parts: Part[] = [];
  #receiver: ConnectionReceiver | null = null;
  #closed: CloseInfo | null = null;
  #paused = false;
  #stopped = false;

  constructor(events: DeliveryEvents) {
    this.#events = events;
  }

  /** Delivers to `receiver` from now on. */
  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Delivers a part, now or later. */
  push(part: Bytes, last: boolean): void {
    this.#parts.push({ part, last });
    this.#deliver();
  }

  /** Delivers the end, after all parts; only the first one counts. */
  close(info: CloseInfo): void {
    this.#closed ??= info;
    this.#deliver();
  }

  pause(): void {
    this.#paused = true;
  }

  /** Continues, but not within this call. */
  resume(): void {
    this.#paused = false;
    queueMicrotask(() => this.#deliver());
  }

  /** Drops everything. */
  stop(): void {
    this.#stopped = true;
    this.#parts.length = 0;
  }

  #deliver(): void {
    const receiver = this.#receiver;
    while (receiver !== null && !this.#paused && !this.#stopped) {
      const next = this.#parts.shift();
      if (next !== undefined) {
        receiver.data(next.part, next.last);
      } else if (this.#closed !== null) {
        this.stop();
        this.#events.ending();
        receiver.closed(this.#closed);
      } else {
        return this.#events.idle();
      }
    }
  }
}
