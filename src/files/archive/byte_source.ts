import { type Bytes, concatBytes } from "../../bytes.ts";

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * The bytes of an archive, taken in blocks and in parts. What it returns is a
 * view, valid until the next call: a chunk holds many members, and is copied only
 * where one is handed out.
 */
export class ByteSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #chunk: Uint8Array = NOTHING;
  #at = 0;
  #ended = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Whether nothing is left of the chunk that the last part came from. */
  get exhausted(): boolean {
    return this.#chunk.byteLength === 0;
  }

  /** `length` bytes, if they have arrived and are in one chunk. */
  tryTake(length: number): Uint8Array | null {
    if (this.#chunk.byteLength - this.#at < length) return null;
    return this.#advance(length);
  }

  /**
   * `length` bytes; null if the stream ended before the first of them, undefined
   * if it ended after it.
   */
  async take(length: number): Promise<Uint8Array | null | undefined> {
    const parts: Bytes[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.part(missing);
      if (part === null) return missing === length ? null : undefined;
      if (part.byteLength === length) return part;
      parts.push(part.slice());
      missing -= part.byteLength;
    }
    return concatBytes(parts);
  }

  /** At most `limit` bytes; null at the end of the stream. */
  async part(limit: number): Promise<Uint8Array | null> {
    while (this.exhausted) {
      if (this.#ended) return null;
      const { done, value } = await this.#reader.read();
      if (done) {
        this.#ended = true;
        return null;
      }
      this.#chunk = value;
      this.#at = 0;
    }
    return this.#advance(Math.min(limit, this.#chunk.byteLength - this.#at));
  }

  /** Skips bytes; false if the stream ended before the last of them. */
  async skip(length: number): Promise<boolean> {
    let left = length;
    while (left > 0) {
      const part = this.tryTake(left) ?? await this.part(left);
      if (part === null) return false;
      left -= part.byteLength;
    }
    return true;
  }

  /** Reads to the end of the stream. */
  async drain(): Promise<void> {
    while (await this.part(Infinity) !== null);
  }

  /** Gives up the stream. */
  async cancel(reason?: unknown): Promise<void> {
    this.#ended = true;
    this.#chunk = NOTHING;
    this.#at = 0;
    await this.#reader.cancel(reason);
  }

  #advance(length: number): Uint8Array {
    const start = this.#at;
    const taken = this.#chunk.subarray(start, start + length);
    this.#at += length;
    if (this.#at === this.#chunk.byteLength) {
      // The buffer may be handed on with its last part, and transferred.
      this.#chunk = NOTHING;
      this.#at = 0;
    }
    return taken;
  }
}
