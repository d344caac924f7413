import { type Bytes, concatBytes, decodeText, encodeText } from "../bytes.ts";
import {
  announcedProcess,
  type RemoteProcess,
} from "../request/shell_command.ts";
import type { ChannelSink } from "./demultiplexer.ts";

/** How much to search; a shell may complain about its locale before it. */
const LARGEST = 16 * 1024;

/**
 * Takes the announcement of a process out of an output channel, and passes the
 * rest on: the line that `shellCommand` makes `sh` write before the command.
 */
export class AnnouncementFilter implements ChannelSink {
  readonly #word: Bytes;
  readonly #next: ChannelSink | null;
  readonly #found: () => void;
  #held: Bytes = new Uint8Array();
  #isOver = false;
  #announced: RemoteProcess | null = null;

  /**
   * @param next Receives the rest; null drops it.
   * @param found Called when the search is over.
   */
  constructor(word: string, next: ChannelSink | null, found: () => void) {
    this.#word = encodeText(word);
    this.#next = next;
    this.#found = found;
  }

  /** The process; null if it was not announced, or not yet. */
  get announced(): RemoteProcess | null {
    return this.#announced;
  }

  /** Whether the search is over. */
  get isOver(): boolean {
    return this.#isOver;
  }

  data(part: Bytes, start = 0): void {
    if (this.#isOver) return this.#next?.data(part, start);
    const held = concatBytes([this.#held, part.subarray(start)]);
    this.#held = held;
    const at = indexOf(held, this.#word);
    const end = at < 0 ? -1 : held.indexOf(LINE_FEED, at);
    if (end < 0) {
      if (held.byteLength > LARGEST) this.#finish(held);
      return;
    }
    const line = held.subarray(at + this.#word.byteLength, end);
    this.#announced = announcedProcess(decodeText(line));
    this.#finish(
      concatBytes([held.subarray(0, at), held.subarray(end + 1)]),
    );
  }

  end(): void {
    if (!this.#isOver) this.#finish(this.#held);
    this.#next?.end();
  }

  fail(reason: unknown, drop: boolean): void {
    if (!this.#isOver) this.#finish(this.#held);
    this.#next?.fail(reason, drop);
  }

  #finish(rest: Bytes): void {
    this.#isOver = true;
    this.#held = new Uint8Array();
    if (rest.byteLength > 0) this.#next?.data(rest);
    this.#found();
  }
}

const LINE_FEED = 10;

/** The index of `word` in `bytes`; -1 if it is not there as a whole. */
function indexOf(bytes: Bytes, word: Bytes): number {
  let at = bytes.indexOf(word[0]!);
  while (at >= 0) {
    if (word.every((byte, index) => bytes[at + index] === byte)) return at;
    at = bytes.indexOf(word[0]!, at + 1);
  }
  return -1;
}
