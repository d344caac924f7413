import { type Bytes, decodeText } from "../../bytes.ts";
import { Inflater } from "./inflate.ts";
import { SPDY_DICTIONARY } from "./spdy_dictionary.ts";

/** The head of a zlib stream with a dictionary (RFC 1950). */
const ZLIB_HEAD = 6;

/** Reads the header blocks of one direction of a SPDY connection. */
export class HeaderBlockReader {
  readonly #inflater = new Inflater(SPDY_DICTIONARY);
  #begun = false;

  /**
   * Reads the next block.
   *
   * @returns The headers by name, which is in lower case.
   * @throws {RangeError} It is malformed.
   */
  read(block: Bytes): Map<string, string> {
    const deflated = this.#begun ? block : block.subarray(ZLIB_HEAD);
    this.#begun = true;
    const bytes = this.#inflater.inflate(deflated);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const headers = new Map<string, string>();
    let at = 4;
    const text = (): string => {
      const start = at + 4;
      at = start + view.getUint32(at);
      if (at > bytes.byteLength) {
        throw new RangeError("Cannot read the headers");
      }
      return decodeText(bytes.subarray(start, at));
    };
    for (let left = view.getUint32(0); left > 0; left--) {
      headers.set(text().toLowerCase(), text());
    }
    return headers;
  }
}
