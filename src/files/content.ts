import { asBytes, checkUnicode, encodeText } from "../bytes.ts";

/** What the content of a file may be given as. */
export type FileContent =
  | string
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** The parts of a content, read one after the other. */
export interface ContentSource {
  /** In bytes; null if only its end tells. */
  readonly size: number | null;
  /** The next part; null at the end. */
  next(): Promise<Uint8Array | null>;
  /** Ends the source, whose rest is not needed; a failure does not matter. */
  cancel(reason: unknown): void;
}

/** How much of a whole content is sent at once, in bytes. */
const PART = 1024 * 1024;

/**
 * Locks a content.
 *
 * @throws {TypeError} If it cannot be one, or is a locked stream.
 */
export function contentSource(
  content: FileContent,
  action: string,
): ContentSource {
  if (typeof content === "string") {
    checkUnicode(content, action, "the content");
    return bytesSource(encodeText(content));
  }
  if (ArrayBuffer.isView(content)) return bytesSource(asBytes(content));
  if (content instanceof Blob) {
    return { ...streamSource(content.stream()), size: content.size };
  }
  if (isStream(content)) {
    if (!content.locked) return streamSource(content);
    throw new TypeError(
      `Cannot ${action}: the content is a ReadableStream that is locked`,
    );
  }
  if (typeof content?.[Symbol.asyncIterator] !== "function") {
    throw new TypeError(
      `Cannot ${action}: the content must be a string, bytes, a Blob, a ` +
        `ReadableStream or an AsyncIterable`,
    );
  }
  const iterator = content[Symbol.asyncIterator]();
  return {
    size: null,
    next: async () => chunkOf(await iterator.next()),
    cancel: () =>
      void Promise.resolve().then(() => iterator.return?.()).catch(() => {}),
  };
}

/** Not every runtime's `ReadableStream` is an `AsyncIterable`. */
function isStream(
  content: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): content is ReadableStream<Uint8Array> {
  return typeof (content as ReadableStream | null)?.getReader === "function";
}

function bytesSource(bytes: Uint8Array): ContentSource {
  let at = 0;
  return {
    size: bytes.byteLength,
    next: () => {
      const part = bytes.subarray(at, at += PART);
      return Promise.resolve(part.byteLength > 0 ? part : null);
    },
    cancel() {},
  };
}

function streamSource(stream: ReadableStream<Uint8Array>): ContentSource {
  const reader = stream.getReader();
  return {
    size: null,
    next: async () => chunkOf(await reader.read()),
    cancel: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}

/** @throws {TypeError} If a chunk is not bytes. */
function chunkOf(
  { done, value }: { done?: boolean; value?: unknown },
): Uint8Array | null {
  return done ? null : asBytes(value, "a file");
}
