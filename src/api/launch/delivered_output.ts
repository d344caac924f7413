import { ByteBuilder, type Bytes } from "../../bytes.ts";
import { CHANNEL } from "../../channel/frame.ts";
import { withoutReturns } from "./line_returns.ts";
import type { Attached } from "./stitch.ts";

const LF = 10;
const CR = 13;

/** How much of the output is kept, in bytes. */
const KEPT = 2 ** 20;

/** The size of a part, from which on the next one begins. */
const PART = 16 * 1024;

/** Streams that alternate byte by byte would otherwise cost much more. */
const MOST_PARTS = 1024;

/** Consecutive output of one stream. */
interface Part {
  readonly channel: number;
  readonly bytes: ByteBuilder;
}

/** What a session has delivered, without CRs: its length, and its end. */
export class DeliveredOutput {
  readonly #parts: Part[] = [];
  /** The streams that end within a line. */
  readonly #unfinished = new Set<number>();
  #length = 0;
  #kept = 0;
  #hasReturns = false;

  /** The number of bytes of both streams. */
  get length(): number {
    return this.#length;
  }

  /** How many LFs a log may have besides: it completes the last lines. */
  get unfinished(): number {
    return this.#unfinished.size;
  }

  /** Whether the latest line has ended with CR LF. */
  get hasReturns(): boolean {
    return this.#hasReturns;
  }

  add(channel: number, bytes: Bytes): void {
    const isOutput = channel === CHANNEL.stdout || channel === CHANNEL.stderr;
    if (!isOutput) return;
    const end = bytes.lastIndexOf(LF);
    if (end > 0) this.#hasReturns = bytes[end - 1] === CR;
    const payload = withoutReturns(bytes);
    const { byteLength } = payload;
    if (byteLength === 0) return;
    this.#length += byteLength;
    this.#kept += byteLength;
    if (payload[byteLength - 1] === LF) this.#unfinished.delete(channel);
    else this.#unfinished.add(channel);
    let last = this.#parts.at(-1);
    if (last?.channel !== channel || last.bytes.length >= PART) {
      last = { channel, bytes: new ByteBuilder() };
      this.#parts.push(last);
    }
    last.bytes.append(payload);
    while (this.#hasSpare()) this.#kept -= this.#parts.shift()!.bytes.length;
  }

  #hasSpare(): boolean {
    const [{ bytes }] = this.#parts as [Part];
    return this.#parts.length > MOST_PARTS ||
      this.#kept - bytes.length >= KEPT;
  }

  /** The last bytes of both, in the order in which they were delivered. */
  end(): Attached {
    const end = { stdout: new ByteBuilder(), stderr: new ByteBuilder() };
    for (const { channel, bytes } of this.#parts) {
      end[channel === CHANNEL.stdout ? "stdout" : "stderr"].append(
        bytes.copy(),
      );
    }
    return { stdout: end.stdout.take(), stderr: end.stderr.take() };
  }
}
