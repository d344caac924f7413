import {
  type Bytes,
  concatBytes,
  decodeText,
  encodeText,
} from "../../bytes.ts";

/** How much may come before a marker; a shell may print a banner. */
const LARGEST_LINE = 64 * 1024;

/** How much is held back, to find the last marker in: more than its line. */
const HELD = 4096;

const LINE_FEED = 10;

/** A part of what a script has copied to its output. */
export interface OutputPart {
  readonly bytes: Bytes;
  /** Whether nothing follows. */
  readonly isLast: boolean;
  /**
   * With the last part, the line that the script wrote behind its copy; null if
   * there is none, so that it did not come to its end.
   */
  readonly end: string | null;
}

/**
 * The output of a script that marks its own lines with a word that nothing else
 * prints. All of it is one stream, so its order is known; what a shell prints on
 * its own account before or after is skipped.
 */
export class MarkedOutput {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;
  readonly #marker: Bytes;
  #held: Bytes[] = [];
  #size = 0;
  #skipped = "";
  #isOverlong = false;

  constructor(stdout: ReadableStream<Bytes>, marker: string) {
    this.#reader = stdout.getReader();
    this.#marker = encodeText(`${marker} `);
  }

  /** What came before the first marker, for messages. */
  get skipped(): string {
    return this.#skipped;
  }

  /** Whether the search for a marker was given up, the output not at its end. */
  get isOverlong(): boolean {
    return this.#isOverlong;
  }

  /**
   * The rest of the next marked line.
   *
   * @returns Null if the output ends without one, or begins with far too much.
   * @throws What the session ended with.
   */
  async line(): Promise<string | null> {
    let bytes = concatBytes(this.#held);
    while (true) {
      const at = indexOf(bytes, this.#marker);
      const end = at < 0 ? -1 : bytes.indexOf(LINE_FEED, at);
      if (end >= 0) {
        this.#skipped = decodeText(bytes.subarray(0, at));
        this.#hold([bytes.slice(end + 1)]);
        return decodeText(bytes.subarray(at + this.#marker.byteLength, end));
      }
      this.#isOverlong = bytes.byteLength > LARGEST_LINE;
      const { value } = this.#isOverlong
        ? { value: undefined }
        : await this.#reader.read();
      if (value === undefined) {
        this.#skipped = decodeText(bytes);
        return null;
      }
      bytes = concatBytes([bytes, value]);
    }
  }

  /**
   * The next part of the copy. The last {@linkcode HELD} bytes are held back.
   *
   * @throws What the session ended with.
   */
  async part(): Promise<OutputPart> {
    while (true) {
      const [first] = this.#held;
      if (first && this.#size - first.byteLength >= HELD) {
        this.#held.shift();
        this.#size -= first.byteLength;
        if (first.byteLength === 0) continue;
        return { bytes: first, isLast: false, end: null };
      }
      const { value } = await this.#reader.read();
      if (value === undefined) return this.#lastPart();
      this.#held.push(value);
      this.#size += value.byteLength;
    }
  }

  /** Ends the reading; what follows is dropped. */
  cancel(): void {
    this.#reader.cancel().catch(() => {});
  }

  #lastPart(): OutputPart {
    const rest = concatBytes(this.#held);
    this.#hold([]);
    const from = Math.max(0, rest.byteLength - HELD);
    const at = indexOf(rest, this.#marker, from);
    const feed = at < 0 ? -1 : rest.indexOf(LINE_FEED, at);
    if (feed < 0) return { bytes: rest, isLast: true, end: null };
    const end = decodeText(rest.subarray(at + this.#marker.byteLength, feed));
    return { bytes: rest.subarray(0, at), isLast: true, end };
  }

  #hold(parts: Bytes[]): void {
    this.#held = parts;
    this.#size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  }
}

/** The index of `word` in `bytes`, at or after `from`; -1 if it is not there. */
function indexOf(bytes: Bytes, word: Bytes, from = 0): number {
  let at = bytes.indexOf(word[0]!, from);
  while (at >= 0) {
    if (word.every((byte, index) => bytes[at + index] === byte)) return at;
    at = bytes.indexOf(word[0]!, at + 1);
  }
  return -1;
}
