import { type Bytes, decodeText } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { quoteText } from "../redact.ts";
import { decodeClosePayload } from "./close_frame.ts";
import {
  type FrameEvent,
  MAX_CONTROL_PAYLOAD,
  OPCODE,
  type Role,
} from "./frame.ts";
import { applyMask } from "./masking.ts";

const NOTHING: Bytes = new Uint8Array(0);

const STEP = { start: 0, length: 1, extended: 2, key: 3, complete: 4 } as const;

/**
 * Reads frame headers byte by byte: a header may be split anywhere, and a
 * malformed one throws at the first bad byte.
 */
class FrameHeader {
  opcode = 0;
  final = false;
  length = 0;
  /** The masking key; unused unless the peer masks. */
  readonly key: Bytes;
  readonly #masked: boolean;
  #step: number = STEP.start;
  /** Missing bytes of the extended length or the key. */
  #missing = 0;
  #minimum = 0;

  constructor(role: Role) {
    this.#masked = role === "server";
    this.key = this.#masked ? new Uint8Array(4) : NOTHING;
  }

  /** Whether no byte of the next header has been read. */
  get empty(): boolean {
    return this.#step === STEP.start;
  }

  get complete(): boolean {
    return this.#step === STEP.complete;
  }

  /** Starts the next header. */
  reset(): void {
    this.#step = STEP.start;
  }

  /**
   * Reads header bytes from `chunk`, starting at `from`.
   *
   * @param fragmented Whether a fragmented message is incomplete.
   * @returns The index after the last byte read.
   */
  read(chunk: Bytes, from: number, fragmented: boolean): number {
    let at = from;
    while (this.#step !== STEP.complete && at < chunk.byteLength) {
      const byte = chunk[at++]!;
      if (this.#step === STEP.start) this.#readStart(byte, fragmented);
      else if (this.#step === STEP.length) this.#readLength(byte);
      else if (this.#step === STEP.extended) this.#readExtended(byte);
      else this.#readKey(byte);
    }
    return at;
  }

  #readStart(byte: number, fragmented: boolean): void {
    this.final = (byte & 0x80) !== 0;
    this.opcode = byte & 0x0f;
    if ((byte & 0x70) !== 0) refuse("its reserved bits are set");
    if (this.opcode >= OPCODE.close) this.#checkControl();
    else checkData(this.opcode, fragmented);
    this.#step = STEP.length;
  }

  #checkControl(): void {
    if (this.opcode > OPCODE.pong) refuse(`opcode ${this.opcode} is reserved`);
    if (!this.final) refuse("a control frame is fragmented");
  }

  #readLength(byte: number): void {
    if (((byte & 0x80) !== 0) !== this.#masked) {
      refuse(this.#masked ? "it is not masked" : "it is masked");
    }
    const length = byte & 0x7f;
    if (this.opcode >= OPCODE.close && length > MAX_CONTROL_PAYLOAD) {
      refuse(`a control frame is longer than ${MAX_CONTROL_PAYLOAD} bytes`);
    }
    if (length < 126) {
      this.length = length;
      this.#lengthKnown();
      return;
    }
    this.length = 0;
    this.#missing = length === 126 ? 2 : 8;
    this.#minimum = length === 126 ? 126 : 65536;
    this.#step = STEP.extended;
  }

  #readExtended(byte: number): void {
    this.length = this.length * 256 + byte;
    if (this.length > Number.MAX_SAFE_INTEGER) {
      refuse("its length is too large");
    }
    if (--this.#missing > 0) return;
    if (this.length < this.#minimum) refuse("its length is not minimal");
    this.#lengthKnown();
  }

  #lengthKnown(): void {
    this.#missing = 4;
    this.#step = this.#masked ? STEP.key : STEP.complete;
  }

  #readKey(byte: number): void {
    this.key[4 - this.#missing] = byte;
    if (--this.#missing === 0) this.#step = STEP.complete;
  }
}

function checkData(opcode: number, fragmented: boolean): void {
  if (opcode > OPCODE.binary) refuse(`opcode ${opcode} is reserved`);
  if (opcode === OPCODE.continuation && !fragmented) {
    refuse("there is no message to continue");
  }
  if (opcode === OPCODE.binary && fragmented) {
    refuse("the message before it is not complete");
  }
}

function refuse(reason: string): never {
  throw new ProtocolError(`Cannot read the WebSocket frame: ${reason}`);
}

/** The most bytes of a text frame that are read, to quote them. */
const MAX_TEXT = 200;

/**
 * Reads WebSocket frames from chunks of any size. Returns messages in parts as
 * they arrive and never assembles them: memory is limited to unread chunks.
 *
 * The caller pulls and may stop between any two events. As a server it unmasks in
 * place, in the chunks themselves.
 */
export class FrameReader {
  readonly #masked: boolean;
  readonly #header: FrameHeader;
  readonly #waiting: Bytes[] = [];
  readonly #data = { type: "data" as const, part: NOTHING, last: false };
  #chunk: Bytes = NOTHING;
  #at = 0;
  /** Bytes read of the current frame's payload. */
  #read = 0;
  #control: Bytes = NOTHING;
  #fragmented = false;
  #over = false;

  constructor(role: Role) {
    this.#masked = role === "server";
    this.#header = new FrameHeader(role);
  }

  /** Bytes that were fed and not yet read. */
  get buffered(): number {
    let bytes = this.#chunk.byteLength - this.#at;
    for (const chunk of this.#waiting) bytes += chunk.byteLength;
    return bytes;
  }

  /** Whether the bytes read so far end inside a frame or a message. */
  get midMessage(): boolean {
    return this.#fragmented || !this.#header.empty;
  }

  /** Adds the next bytes and takes ownership of them. */
  feed(chunk: Bytes): void {
    if (!this.#over) this.#waiting.push(chunk);
  }

  /**
   * The next event; null if more bytes are needed, and always null after a Close
   * frame or an error. A data event is valid until the next call, since one
   * object is reused.
   *
   * @throws {ProtocolError} If the peer broke RFC 6455 or sent a text frame.
   */
  next(): FrameEvent | null {
    try {
      while (this.#hasInput()) {
        const event = this.#step();
        if (event === null) continue;
        if (event.type === "close") this.#finish();
        return event;
      }
      // Release the last chunk: the connection may be idle for long.
      this.#data.part = NOTHING;
      return null;
    } catch (error) {
      this.#finish();
      throw error;
    }
  }

  #hasInput(): boolean {
    // Not "===": a transferred chunk has length 0.
    while (this.#at >= this.#chunk.byteLength) {
      const chunk = this.#waiting.shift();
      this.#chunk = chunk ?? NOTHING;
      this.#at = 0;
      if (chunk === undefined) return false;
    }
    return true;
  }

  #step(): FrameEvent | null {
    const header = this.#header;
    if (!header.complete) {
      this.#at = header.read(this.#chunk, this.#at, this.#fragmented);
      if (!header.complete) return null;
      this.#read = 0;
    }
    if (header.opcode === OPCODE.text) return this.#readText();
    return header.opcode >= OPCODE.close
      ? this.#readControl()
      : this.#readData();
  }

  /**
   * Refuses a text frame: that of a server with its text, perhaps the explanation
   * of a proxy; that of a client without, perhaps a password.
   */
  #readText(): null {
    if (this.#masked) refuse("it is a text frame");
    const payload = this.#readWhole(MAX_TEXT);
    if (payload === null) return null;
    const text = quoteText(decodeText(payload));
    refuse(`it is a text frame${text && `, ${text}`}`);
  }

  #readData(): FrameEvent | null {
    const { final, length } = this.#header;
    const part = this.#take();
    const complete = this.#read === length;
    if (complete) {
      this.#fragmented = !final;
      this.#header.reset();
    }
    const last = complete && final;
    if (part.byteLength === 0 && !last) return null;
    this.#data.part = part;
    this.#data.last = last;
    return this.#data;
  }

  #readControl(): FrameEvent | null {
    const { opcode } = this.#header;
    const payload = this.#readWhole(MAX_CONTROL_PAYLOAD);
    if (payload === null) return null;
    this.#control = NOTHING;
    this.#header.reset();
    if (opcode === OPCODE.ping) return { type: "ping", payload };
    if (opcode === OPCODE.pong) return { type: "pong", payload };
    return { type: "close", ...decodeClosePayload(payload) };
  }

  /** The first `limit` bytes of the payload; null while some are missing. */
  #readWhole(limit: number): Bytes | null {
    const length = Math.min(this.#header.length, limit);
    if (this.#read === 0) this.#control = new Uint8Array(length);
    const offset = this.#read;
    this.#control.set(this.#take(length), offset);
    return this.#read < length ? null : this.#control;
  }

  /** The part of the frame's payload that is in the current chunk. */
  #take(length: number = this.#header.length): Bytes {
    const wanted = length - this.#read;
    const end = Math.min(this.#at + wanted, this.#chunk.byteLength);
    const part = this.#chunk.subarray(this.#at, end);
    if (this.#masked) applyMask(part, this.#header.key, this.#read);
    this.#at = end;
    this.#read += part.byteLength;
    return part;
  }

  #finish(): void {
    this.#over = true;
    this.#waiting.length = 0;
    this.#chunk = NOTHING;
    this.#at = 0;
  }
}
