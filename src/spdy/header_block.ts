import { type Bytes, concatBytes, encodeText } from "../bytes.ts";

/**
 * The head of a zlib stream (RFC 1950) that uses the dictionary of SPDY/3: with
 * its Adler-32 checksum, without the dictionary itself. Stored blocks refer to
 * nothing in it.
 */
const ZLIB_HEAD = Uint8Array.of(0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2);

/** The most bytes of a stored block (RFC 1951, 3.2.4). */
const LARGEST_STORED = 0xffff;

/**
 * An empty stored block. Go's decompressor returns a header only after it, and
 * fails for good on the next header without it.
 */
const SYNC_FLUSH = Uint8Array.of(0, 0, 0, 0xff, 0xff);

/**
 * Writes the header blocks of one direction of a connection, as one zlib stream
 * of stored blocks: no compression, so neither a dictionary nor a deflater.
 */
export class HeaderBlockWriter {
  #begun = false;

  /**
   * Encodes the next block.
   *
   * @param headers Names in lower case.
   * @throws {RangeError} If they have more than 65,535 bytes.
   */
  encode(headers: Readonly<Record<string, string>>): Bytes {
    const pairs = encodePairs(headers);
    const { byteLength } = pairs;
    if (byteLength > LARGEST_STORED) {
      throw new RangeError(
        `Cannot encode the headers: ${byteLength} bytes are more than ${LARGEST_STORED}`,
      );
    }
    const head = this.#begun ? new Uint8Array(0) : ZLIB_HEAD;
    this.#begun = true;
    const stored = new Uint8Array(5);
    const view = new DataView(stored.buffer);
    view.setUint16(1, byteLength, true);
    view.setUint16(3, ~byteLength, true);
    return concatBytes([head, stored, pairs, SYNC_FLUSH]);
  }
}

/** The name/value block of SPDY/3 (2.6.10), uncompressed. */
function encodePairs(headers: Readonly<Record<string, string>>): Bytes {
  const texts = Object.entries(headers).flat();
  const parts = [numberBytes(texts.length / 2)];
  for (const text of texts) {
    const bytes = encodeText(text);
    parts.push(numberBytes(bytes.byteLength), bytes);
  }
  return concatBytes(parts);
}

function numberBytes(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
