import { ByteBuilder, type Bytes } from "../../bytes.ts";
import { CHANNEL } from "../../channel/frame.ts";
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

/** Drops each CR: containerd's log lacks those in front of an LF. */
export function withoutReturns(bytes: Bytes): Bytes {
  return bytes.includes(CR) ? bytes.filter((byte) => byte !== CR) : bytes;
}

/** Has each line end with CR LF, as from a terminal. */
export function withReturns(bytes: Bytes): Bytes {
  const lines = new ByteBuilder();
  let from = 0;
  for (let at = 0; (at = bytes.indexOf(LF, at)) >= 0; at++) {
    if (bytes[at - 1] === CR) continue;
    lines.append(bytes.subarray(from, at));
    lines.append(CRLF);
    from = at + 1;
  }
  if (from === 0) return bytes;
  lines.append(bytes.subarray(from));
  return lines.take();
}

const CRLF: Bytes = new Uint8Array([CR, LF]);

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
      const part = bytes.take();
      bytes.append(part);
      end[channel === CHANNEL.stdout ? "stdout" : "stderr"].append(part);
    }
    return { stdout: end.stdout.take(), stderr: end.stderr.take() };
  }
}
