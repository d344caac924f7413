import { type Bytes, concatBytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import type { RequestHead, ResponseHead } from "./head.ts";

/** How the length of a body is determined. */
export type BodyFraming =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

const NO_BODY: BodyFraming = { kind: "length", length: 0 };

/**
 * The framing of the response to a `method` request (RFC 9112, 6.3).
 *
 * @throws {ProtocolError} If the headers contradict each other, or name a
 * transfer coding other than chunked.
 */
export function responseFraming(
  head: ResponseHead,
  method: string,
): BodyFraming {
  const { status, headers } = head;
  const tunnel = method === "CONNECT" && status >= 200 && status < 300;
  if (
    method === "HEAD" || tunnel || status < 200 || status === 204 ||
    status === 304
  ) {
    return NO_BODY;
  }
  return declaredFraming(headers) ?? { kind: "until-close" };
}

/**
 * The framing of a request; without a declared length it has no body.
 *
 * @throws {ProtocolError} As {@linkcode responseFraming} does.
 */
export function requestFraming(head: RequestHead): BodyFraming {
  return declaredFraming(head.headers) ?? NO_BODY;
}

function declaredFraming(headers: Headers): BodyFraming | null {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding === null) return length === null ? null : readLength(length);
  if (length !== null) {
    throw new ProtocolError(
      "Cannot read the HTTP body: it has both a length and a transfer coding",
    );
  }
  if (coding.toLowerCase() !== "chunked") {
    throw new ProtocolError(
      `Cannot read the HTTP body: transfer coding ${
        JSON.stringify(coding)
      } is not supported`,
    );
  }
  return { kind: "chunked" };
}

/** A repeated length is valid if all values are equal. */
function readLength(field: string): BodyFraming {
  const [first, ...others] = field.split(",").map((text) => text.trim());
  const length = Number(first);
  if (
    !/^\d+$/.test(first!) || !Number.isSafeInteger(length) ||
    others.some((other) => other !== first)
  ) {
    throw new ProtocolError(
      "Cannot read the HTTP body: its content length is invalid",
    );
  }
  return { kind: "length", length };
}

/** The maximum length of a size line, and of all trailers, in bytes. */
const MAX_LINE = 16 * 1024;

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

type ChunkedState =
  | "size"
  | "extension"
  | "sizeEnd"
  | "data"
  | "dataCr"
  | "dataLf"
  | "trailer"
  | "trailerRest"
  | "trailerEnd"
  | "end"
  | "done";

/**
 * Reads a body in the chunked transfer coding (RFC 9112, 7.1). Skips extensions
 * and trailers.
 */
class ChunkedDecoder {
  #state: ChunkedState = "size";
  #size = 0;
  #digits = 0;
  #line = 0;

  /** Whether the body is complete, including trailers. */
  get done(): boolean {
    return this.#state === "done";
  }

  /**
   * Reads the body's bytes in `chunk` and emits its data.
   *
   * @returns The index of the first byte after the body, or the chunk's length.
   * @throws {ProtocolError} If the coding is broken.
   */
  read(chunk: Bytes, emit: (part: Bytes) => void): number {
    let at = 0;
    while (at < chunk.byteLength && this.#state !== "done") {
      if (this.#state === "data") at = this.#readData(chunk, at, emit);
      else this.#state = this.#after(chunk[at++]!);
    }
    return at;
  }

  #readData(
    chunk: Bytes,
    from: number,
    emit: (part: Bytes) => void,
  ): number {
    const end = Math.min(from + this.#size, chunk.byteLength);
    this.#size -= end - from;
    if (this.#size === 0) this.#state = "dataCr";
    emit(chunk.subarray(from, end));
    return end;
  }

  /** The state after a byte outside of the data. */
  #after(byte: number): ChunkedState {
    switch (this.#state) {
      case "size":
        return this.#afterSize(byte);
      case "extension":
        return byte === CR ? "sizeEnd" : this.#within("extension");
      case "sizeEnd":
        return this.#afterSizeLine(byte);
      case "dataCr":
        return expect(byte, CR, "dataLf");
      case "dataLf":
        return expect(byte, LF, "size");
      case "trailer":
        return byte === CR ? "end" : this.#within("trailerRest");
      case "trailerRest":
        return byte === CR ? "trailerEnd" : this.#within("trailerRest");
      case "trailerEnd":
        return expect(byte, LF, "trailer");
      default:
        return expect(byte, LF, "done");
    }
  }

  #afterSize(byte: number): ChunkedState {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits++;
      if (this.#size > Number.MAX_SAFE_INTEGER) refuse();
      return this.#within("size");
    }
    if (this.#digits === 0) refuse();
    if (byte === CR) return "sizeEnd";
    // Some servers pad the size with spaces.
    if (byte === SEMICOLON || byte === 0x20 || byte === 0x09) {
      return "extension";
    }
    return refuse();
  }

  #afterSizeLine(byte: number): ChunkedState {
    this.#digits = 0;
    this.#line = 0;
    return expect(byte, LF, this.#size === 0 ? "trailer" : "data");
  }

  #within(state: ChunkedState): ChunkedState {
    if (++this.#line > MAX_LINE) refuse();
    return state;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

function expect(
  byte: number,
  wanted: number,
  state: ChunkedState,
): ChunkedState {
  return byte === wanted ? state : refuse();
}

function refuse(): never {
  throw new ProtocolError(
    "Cannot read the HTTP body: its chunked coding is broken",
  );
}

/** Reads the body of an HTTP/1.x message. */
export class BodyDecoder {
  readonly #chunked: ChunkedDecoder | null;
  /** Missing bytes, unless the body is chunked. */
  #left: number;
  #ended = false;
  #rest: Bytes = new Uint8Array(0);

  constructor(framing: BodyFraming) {
    this.#chunked = framing.kind === "chunked" ? new ChunkedDecoder() : null;
    this.#left = framing.kind === "length" ? framing.length : Infinity;
  }

  /** Whether the body is complete; true at once for an empty body. */
  get done(): boolean {
    return this.#ended || this.#left === 0 || this.#chunked?.done === true;
  }

  /** The bytes after the body. */
  get rest(): Bytes {
    return this.#rest;
  }

  /**
   * Adds the next bytes. Emits the body's data before it returns, in non-empty
   * views on `chunk`.
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
   * Ends the connection, which completes a body without a declared length.
   *
   * @throws {ProtocolError} If the body is incomplete.
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
