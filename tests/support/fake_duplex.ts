import { type Bytes, concatBytes } from "../../src/bytes.ts";
import type { ByteDuplex, DuplexReceiver } from "../../src/transport/duplex.ts";

/** A duplex whose other end is the test. */
export class FakeDuplex implements ByteDuplex {
  readonly released: Promise<void>;
  readonly written: Bytes[] = [];
  /** Also what `write` returns. */
  hasRoom = true;
  paused = false;
  /** Whether it keeps the process alive. */
  keepsAlive = true;
  /** How this side ended it. */
  ending: "ended" | "destroyed" | null = null;
  receiver!: DuplexReceiver;
  readonly #release: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.released = promise;
    this.#release = resolve;
  }

  /** Everything written so far. */
  get output(): Bytes {
    return concatBytes(this.written);
  }

  open(receiver: DuplexReceiver): void {
    this.receiver = receiver;
  }

  write(chunk: Bytes): boolean {
    this.written.push(chunk);
    return this.hasRoom;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  unref(): void {
    this.keepsAlive = false;
  }

  ref(): void {
    this.keepsAlive = true;
  }

  end(): void {
    this.ending ??= "ended";
    this.#release();
  }

  destroy(): void {
    this.ending ??= "destroyed";
    this.#release();
  }
}
