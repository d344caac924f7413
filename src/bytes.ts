/**
 * Bytes as this package hands them out: a view on a plain `ArrayBuffer`, so
 * that `Response`, `Blob` and `TextDecoderStream` take them as they are.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** The UTF-8 bytes of `text`. */
export function encodeText(text: string): Bytes {
  return encoder.encode(text);
}

/** `bytes` read as UTF-8; malformed sequences become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** One new array that holds `parts` one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.byteLength;
  }
  return joined;
}
