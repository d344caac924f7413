import { type Bytes, concatBytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";

/** The longest head that is read, in bytes. */
const MAX_HEAD = 64 * 1024;

/** How many characters are made at once: arguments are few. */
const SLICE = 4096;

const CR = 0x0d;
const LF = 0x0a;

/** Collects bytes up to the empty line that ends a head. */
export class HeadBytes {
  #parts: Bytes[] = [];
  #length = 0;
  /** How much of CRLF CRLF the bytes so far end with. */
  #matched = 0;
  #rest: Bytes = new Uint8Array(0);

  /** What came after the head: a view on the last chunk. */
  get rest(): Bytes {
    return this.#rest;
  }

  /**
   * Takes the next bytes.
   *
   * @returns The lines of the head, each byte a character, once it is complete.
   * @throws {ProtocolError} If the head is longer than 64 KiB, or a line of it
   * ends in LF alone, which might else never end.
   */
  feed(chunk: Bytes): string[] | null {
    const end = this.#findEnd(chunk);
    const part = chunk.subarray(0, end);
    this.#parts.push(part);
    this.#length += part.byteLength;
    if (this.#length > MAX_HEAD) {
      throw new ProtocolError(
        `Cannot read the HTTP head: it is longer than ${MAX_HEAD} bytes`,
      );
    }
    if (this.#matched < 4) return null;
    this.#rest = chunk.subarray(end);
    const text = decodeLatin1(concatBytes(this.#parts));
    this.#parts = [];
    return text.slice(0, -4).split("\r\n");
  }

  /** The index after the empty line, or the chunk's length. */
  #findEnd(chunk: Bytes): number {
    for (let i = 0; i < chunk.byteLength; i++) {
      const byte = chunk[i];
      if (byte === LF && (this.#matched & 1) === 0) throw bareLineFeed();
      if (byte === (this.#matched & 1 ? LF : CR)) this.#matched++;
      else this.#matched = byte === CR ? 1 : 0;
      if (this.#matched === 4) return i + 1;
    }
    return chunk.byteLength;
  }
}

function bareLineFeed(): ProtocolError {
  return new ProtocolError(
    "Cannot read the HTTP head: a line ends in LF without CR",
  );
}

/** `TextDecoder` has no true latin1: its "latin1" is windows-1252. */
function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.byteLength; at += SLICE) {
    text += String.fromCharCode(...bytes.subarray(at, at + SLICE));
  }
  return text;
}
