import { type Bytes, concatBytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import type { BodyFraming } from "./body_framing.ts";
import { ChunkedDecoder } from "./chunked_decoder.ts";

export {
  type BodyFraming,
  requestFraming,
  responseFraming,
} from "./body_framing.ts";

/** Reads the body of an HTTP/1.x message. */
export class BodyDecoder {
  readonly #chunked: ChunkedDecoder | null;
  /** Bytes to come, unless the body is chunked. */
  #left: number;
  #ended = false;
  #rest: Bytes = new Uint8Array(0);

  constructor(framing: BodyFraming) {
    this.#chunked = framing.kind === "chunked" ? new ChunkedDecoder() : null;
    this.#left = framing.kind === "length" ? framing.length : Infinity;
  }

  /** Whether the body is complete; true from the start for an empty one. */
  get done(): boolean {
    return this.#ended || this.#left === 0 || this.#chunked?.done === true;
  }

  /** What came after the body. */
  get rest(): Bytes {
    return this.#rest;
  }

  /**
   * Takes the next bytes and gives the body's data on, before it returns, in
   * views on `chunk` that are never empty.
   *
   * @throws {ProtocolError} If the chunked coding is broken.
   */
  feed(chunk: Bytes, emit: (part: Bytes) => void): void {
    const end = this.#read(chunk, emit);
    if (end < chunk.byteLength) {
      this.#rest = concatBytes([this.#rest, chunk.subarray(end)]);
    }
  }

  /**
   * Says that the connection has ended, which completes a body without a
   * declared end.
   *
   * @throws {ProtocolError} If it should have gone on.
   */
  end(): void {
    if (this.#left === Infinity && this.#chunked === null) this.#ended = true;
    if (!this.done) {
      throw new ProtocolError(
        "Cannot read the HTTP body: the connection ended before it was complete",
      );
    }
  }

  #read(chunk: Bytes, emit: (part: Bytes) => void): number {
    if (this.#chunked !== null) return this.#chunked.read(chunk, emit);
    const end = Math.min(this.#left, chunk.byteLength);
    this.#left -= end;
    if (end > 0) emit(chunk.subarray(0, end));
    return end;
  }
}
