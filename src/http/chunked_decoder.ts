import type { Bytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";

/** The most bytes in one size line, and in all trailers together. */
const MAX_LINE = 16 * 1024;

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

type Place =
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
 * Reads a body in the chunked transfer coding (RFC 9112, 7.1). Extensions and
 * trailers are passed over.
 */
export class ChunkedDecoder {
  #place: Place = "size";
  #size = 0;
  #digits = 0;
  #line = 0;

  /** Whether the body is complete, trailers and all. */
  get done(): boolean {
    return this.#place === "done";
  }

  /**
   * Takes the body's bytes from `chunk` and gives its data on.
   *
   * @returns The index of the first byte after the body, or the chunk's length.
   * @throws {ProtocolError} If the coding is broken.
   */
  read(chunk: Bytes, emit: (part: Bytes) => void): number {
    let at = 0;
    while (at < chunk.byteLength && this.#place !== "done") {
      if (this.#place === "data") at = this.#readData(chunk, at, emit);
      else this.#place = this.#after(chunk[at++]!);
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
    if (this.#size === 0) this.#place = "dataCr";
    emit(chunk.subarray(from, end));
    return end;
  }

  /** Where a byte outside the data leads. */
  #after(byte: number): Place {
    switch (this.#place) {
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

  #afterSize(byte: number): Place {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits++;
      if (this.#size > Number.MAX_SAFE_INTEGER) refuse();
      return this.#within("size");
    }
    if (this.#digits === 0) refuse();
    if (byte === CR) return "sizeEnd";
    // Some servers pad the size with blanks.
    if (byte === SEMICOLON || byte === 0x20 || byte === 0x09) {
      return "extension";
    }
    return refuse();
  }

  #afterSizeLine(byte: number): Place {
    this.#digits = 0;
    this.#line = 0;
    return expect(byte, LF, this.#size === 0 ? "trailer" : "data");
  }

  #within(place: Place): Place {
    if (++this.#line > MAX_LINE) refuse();
    return place;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

function expect(byte: number, wanted: number, place: Place): Place {
  return byte === wanted ? place : refuse();
}

function refuse(): never {
  throw new ProtocolError(
    "Cannot read the HTTP body: its chunked coding is broken",
  );
}
