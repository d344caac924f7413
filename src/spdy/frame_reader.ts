import type { Bytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import {
  CONTROL_BIT,
  FLAG_FIN,
  HEAD_BYTES,
  SPDY_FRAME,
  SPDY_VERSION,
  type SpdyReceiver,
  type SpdyRole,
} from "./frame.ts";

/** The longest header block of a new stream; real ones have about 100 bytes. */
const LARGEST_HEADER_BLOCK = 16 * 1024;

/** The bytes of a control frame that are read, in front of a header block. */
const FIELDS: Readonly<Record<number, number>> = {
  // The stream, an associated stream, a priority and a slot.
  [SPDY_FRAME.synStream]: 10,
  [SPDY_FRAME.synReply]: 4,
  // The stream and a status.
  [SPDY_FRAME.rstStream]: 8,
  [SPDY_FRAME.ping]: 4,
  [SPDY_FRAME.headers]: 4,
};

const MOST_FIELDS = 10;

/** The types that consist of their fields alone. */
const FIXED: readonly number[] = [SPDY_FRAME.rstStream, SPDY_FRAME.ping];

/** What the bytes after the current index are. */
type Step = "head" | "fields" | "block" | "data" | "skip";

/**
 * Reads the frames of SPDY/3.1 from chunks of any size. Data is passed on in
 * parts as it arrives; at most one header block is kept, and only by a server.
 *
 * It is as much of the protocol as a forwarded port needs: a client skips the
 * headers of a reply, both sides skip settings, window updates (the servers'
 * library has no flow control of its own), GOAWAY, and unknown types.
 */
export class SpdyReader {
  readonly #role: SpdyRole;
  readonly #receiver: SpdyReceiver;
  readonly #head: Bytes = new Uint8Array(HEAD_BYTES);
  readonly #fields: Bytes = new Uint8Array(MOST_FIELDS);
  #block: Bytes = new Uint8Array(0);
  #step: Step = "head";
  /** Bytes read of what the step reads as a whole. */
  #read = 0;
  /** Bytes of the frame that are still to come after the current index. */
  #left = 0;
  #type = 0;
  #isFinal = false;
  #stream = 0;
  #broken = false;

  /** @param receiver Called within `read`. */
  constructor(role: SpdyRole, receiver: SpdyReceiver) {
    this.#role = role;
    this.#receiver = receiver;
  }

  /** Whether the bytes read so far end inside a frame. */
  get midFrame(): boolean {
    return this.#step !== "head" || this.#read > 0;
  }

  /**
   * Reads the next bytes. Does nothing after an error.
   *
   * @throws {ProtocolError} If they are not SPDY/3.1.
   */
  read(chunk: Bytes): void {
    if (this.#broken) return;
    try {
      let at = 0;
      while (at < chunk.byteLength) at = this.#readStep(chunk, at);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  #readStep(chunk: Bytes, at: number): number {
    switch (this.#step) {
      case "head":
        return this.#readHead(chunk, at);
      case "fields":
        return this.#readFields(chunk, at);
      case "block":
        return this.#readBlock(chunk, at);
      case "data":
        return this.#readData(chunk, at);
      case "skip":
        return this.#skip(chunk, at);
    }
  }

  #readHead(chunk: Bytes, at: number): number {
    const end = this.#fill(this.#head, HEAD_BYTES, chunk, at);
    if (this.#read < HEAD_BYTES) return end;
    this.#read = 0;
    const head = this.#head;
    this.#isFinal = (head[4]! & FLAG_FIN) !== 0;
    this.#left = head[5]! << 16 | head[6]! << 8 | head[7]!;
    if ((head[0]! & CONTROL_BIT) === 0) this.#beginData();
    else this.#beginControl();
    return end;
  }

  #beginData(): void {
    this.#stream = numberAt(this.#head, 0);
    if (this.#stream === 0) refuse("its data is of stream 0");
    if (this.#left > 0) this.#step = "data";
    else this.#endOfFrame();
  }

  #beginControl(): void {
    const head = this.#head;
    const version = (head[0]! & ~CONTROL_BIT) << 8 | head[1]!;
    if (version !== SPDY_VERSION) refuse(`its version is ${version}`);
    const type = this.#type = head[2]! << 8 | head[3]!;
    const fields = FIELDS[type];
    // The flags of other types have other meanings.
    if (fields === undefined || type === SPDY_FRAME.ping) this.#isFinal = false;
    this.#stream = 0;
    if (fields === undefined) return this.#beginSkip();
    const isFixed = FIXED.includes(type);
    if (this.#left < fields || isFixed && this.#left > fields) {
      refuse(`a frame of type ${type} has ${this.#left} bytes`);
    }
    this.#step = "fields";
  }

  #readFields(chunk: Bytes, at: number): number {
    const wanted = FIELDS[this.#type]!;
    const before = this.#read;
    const end = this.#fill(this.#fields, wanted, chunk, at);
    this.#left -= this.#read - before;
    if (this.#read < wanted) return end;
    this.#read = 0;
    this.#fieldsKnown(numberAt(this.#fields, 0));
    return end;
  }

  /** @param first A stream, or the number of a ping. */
  #fieldsKnown(first: number): void {
    if (this.#type === SPDY_FRAME.ping) {
      this.#step = "head";
      return this.#receiver.ping(first);
    }
    const stream = first & 0x7fffffff;
    if (stream === 0) refuse(`a frame of type ${this.#type} is of stream 0`);
    this.#stream = stream;
    if (this.#type === SPDY_FRAME.synStream) return this.#beginBlock();
    if (this.#type !== SPDY_FRAME.rstStream) return this.#beginSkip();
    this.#step = "head";
    this.#receiver.reset(stream, numberAt(this.#fields, 4));
  }

  #beginBlock(): void {
    const length = this.#left;
    if (this.#role === "client") refuse("the server opens a stream");
    if (length > LARGEST_HEADER_BLOCK) {
      refuse(`the headers of a stream have ${length} bytes`);
    }
    this.#block = new Uint8Array(length);
    if (length === 0) this.#blockKnown();
    else this.#step = "block";
  }

  #readBlock(chunk: Bytes, at: number): number {
    const { byteLength } = this.#block;
    const end = this.#fill(this.#block, byteLength, chunk, at);
    if (this.#read === byteLength) this.#blockKnown();
    return end;
  }

  #blockKnown(): void {
    const block = this.#block;
    this.#block = new Uint8Array(0);
    this.#read = 0;
    this.#receiver.opened(this.#stream, block);
    this.#endOfFrame();
  }

  #readData(chunk: Bytes, at: number): number {
    const end = this.#advance(chunk, at);
    this.#receiver.data(this.#stream, chunk.subarray(at, end));
    if (this.#left === 0) this.#endOfFrame();
    return end;
  }

  #beginSkip(): void {
    if (this.#left > 0) this.#step = "skip";
    else this.#endOfFrame();
  }

  #skip(chunk: Bytes, at: number): number {
    const end = this.#advance(chunk, at);
    if (this.#left === 0) this.#endOfFrame();
    return end;
  }

  #endOfFrame(): void {
    this.#step = "head";
    if (this.#isFinal) this.#receiver.finished(this.#stream);
  }

  /** The index after the frame's bytes that are in this chunk. */
  #advance(chunk: Bytes, at: number): number {
    const end = Math.min(at + this.#left, chunk.byteLength);
    this.#left -= end - at;
    return end;
  }

  /** Copies up to `wanted` bytes to `target`, which has `#read` already. */
  #fill(target: Bytes, wanted: number, chunk: Bytes, at: number): number {
    const end = Math.min(at + wanted - this.#read, chunk.byteLength);
    target.set(chunk.subarray(at, end), this.#read);
    this.#read += end - at;
    return end;
  }
}

function numberAt(bytes: Bytes, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

function refuse(reason: string): never {
  throw new ProtocolError(`Cannot read the SPDY frame: ${reason}`);
}
