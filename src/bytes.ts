/**
 * Bytes as this package hands them out: a view on a plain `ArrayBuffer`, so
 * that `Response`, `Blob` and `TextDecoderStream` take them as they are.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A stream of bytes. Beside TypeScript's `DOM` library, `@types/node` declares
 * streams of its own; the second half makes `Readable.fromWeb` take this one, and
 * `for await` without the library `DOM.AsyncIterable`. Its methods are never
 * chosen where those of the first half fit, and name no type of `DOM` that
 * `@types/node` lacks.
 */
export type ByteStream = ReadableStream<Bytes> & {
  // deno-lint-ignore no-explicit-any
  getReader(options?: { readonly mode?: "byob" }): any;
  pipeThrough<Output>(
    transform: {
      readonly readable: Output;
      readonly writable: {
        getWriter(): { write(chunk?: Bytes): Promise<void> };
      };
    },
    options?: {
      readonly preventAbort?: boolean;
      readonly preventCancel?: boolean;
      readonly preventClose?: boolean;
      readonly signal?: AbortSignal;
    },
  ): Output;
  // deno-lint-ignore no-explicit-any
  tee(): [any, any];
  values(
    options?: { readonly preventCancel?: boolean },
  ): AsyncIterableIterator<Bytes> & AsyncDisposable & {
    // deno-lint-ignore no-explicit-any
    [Symbol.asyncIterator](): any;
  };
  [Symbol.asyncIterator](): AsyncIterableIterator<Bytes> & AsyncDisposable & {
    // deno-lint-ignore no-explicit-any
    [Symbol.asyncIterator](): any;
  };
};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Refuses text that UTF-8 cannot encode: a lone surrogate would silently become
 * U+FFFD.
 *
 * @param what What the text is, for the message, for example `command[1]`.
 * @throws {TypeError} "Cannot {action}: {what} is not valid Unicode ..."
 */
export function checkUnicode(text: string, action: string, what: string): void {
  if (text.isWellFormed()) return;
  throw new TypeError(
    `Cannot ${action}: ${what} is not valid Unicode: it has a lone surrogate`,
  );
}

/** The UTF-8 bytes of `text`. */
export function encodeText(text: string): Bytes {
  return encoder.encode(text);
}

/** Bytes as they are, or the UTF-8 bytes of a text. */
export function toBytes(value: string | Bytes): Bytes {
  return typeof value === "string" ? encodeText(value) : value;
}

/**
 * A chunk that a user writes, as bytes: any view of a buffer has some.
 *
 * @param name What is written to, for messages.
 * @throws {TypeError} It has none.
 */
export function asBytes(chunk: unknown, name = "stdin"): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  throw new TypeError(
    `Cannot write to ${name}: a chunk is ${describe(chunk)}, not bytes`,
  );
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** `bytes` read as UTF-8; malformed sequences become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The number of characters per call; the number of arguments is limited. */
const SLICE = 4096;

/**
 * A string with one character, up to U+00FF, for each byte. For `TextDecoder`,
 * "latin1" means windows-1252.
 */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.byteLength; start += SLICE) {
    // A spread would make an object for each byte.
    const slice: ArrayLike<number> = bytes.subarray(start, start + SLICE);
    text += String.fromCharCode.apply(null, slice as number[]);
  }
  return text;
}

/** One byte for each character, none of which may be beyond U+00FF. */
export function encodeLatin1(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
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

/** `bytes` in base64 (RFC 4648, 4). */
export function encodeBase64(bytes: Uint8Array): string {
  return btoa(decodeLatin1(bytes));
}

/** `bytes` in base64url without padding (RFC 4648, 5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes)
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The bytes that `text` encodes in base64; white space is skipped.
 *
 * @throws {DOMException} If it is not base64.
 */
export function decodeBase64(text: string): Bytes {
  return encodeLatin1(atob(text));
}

const NOTHING: Bytes = new Uint8Array(0);

/** Joins chunks in one growing buffer: a chunk of one byte costs one byte. */
export class ByteBuilder {
  #buffer: Bytes = NOTHING;
  #length = 0;

  /** The number of bytes appended since the last `take` or `rewind`. */
  get length(): number {
    return this.#length;
  }

  /** Copies `part` to the end. */
  append(part: Uint8Array): void {
    const length = this.#length + part.byteLength;
    if (length > this.#buffer.byteLength) {
      const grown = new Uint8Array(
        Math.max(length, 2 * this.#buffer.byteLength),
      );
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(part, this.#length);
    this.#length = length;
  }

  /** Returns a copy of all bytes. */
  copy(): Bytes {
    return this.#buffer.slice(0, this.#length);
  }

  /** Returns all bytes and starts anew. */
  take(): Bytes {
    // The caller owns it, and may transfer it.
    const bytes = this.#length === 0 ? new Uint8Array(0) : this.rewind();
    this.#buffer = NOTHING;
    return bytes;
  }

  /** Starts anew in the same memory: returns all bytes, until the next `append`. */
  rewind(): Bytes {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }
}
