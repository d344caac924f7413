import type { Bytes } from "../../bytes.ts";
import type { ContainerLog } from "./machine.ts";

const LIMIT = 4 * 2 ** 20;

/** A log that keeps its last few mebibytes. */
export class TextLog implements ContainerLog {
  ended = false;
  readonly #decoders = { 1: new TextDecoder(), 2: new TextDecoder() };
  #kept = "";
  #dropped = 0;
  #changed = Promise.withResolvers<void>();

  get length(): number {
    return this.#dropped + this.#kept.length;
  }

  /** Adds output of stdout (1) or stderr (2). */
  append(channel: 1 | 2, bytes: Bytes): void {
    this.#kept += this.#decoders[channel].decode(bytes, { stream: true });
    if (this.#kept.length > LIMIT) {
      const excess = this.#kept.length - LIMIT / 2;
      this.#dropped += excess;
      this.#kept = this.#kept.slice(excess);
    }
    this.#tell();
  }

  /** Says that no more will come. */
  end(): void {
    this.ended = true;
    this.#tell();
  }

  from(offset: number): string {
    return this.#kept.slice(Math.max(0, offset - this.#dropped));
  }

  changed(): Promise<void> {
    return this.ended ? Promise.resolve() : this.#changed.promise;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
