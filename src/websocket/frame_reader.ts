import type { Bytes } from "../bytes.ts";
import { decodeClosePayload } from "./close_frame.ts";
import type { FrameEvent } from "./frame_event.ts";
import { FrameHeader } from "./frame_header.ts";
import { applyMask } from "./masking.ts";
import { OPCODE, type Role } from "./opcode.ts";

export type { FrameEvent };

const NOTHING: Bytes = new Uint8Array(0);

/**
 * Reads WebSocket frames from bytes that arrive in chunks of any size. Messages
 * are handed on in parts as they come and never assembled, so its memory is the
 * chunks that were fed and not yet read.
 *
 * The caller pulls, and may stop between any two events: the rest stays where
 * it is. As a server it unmasks in place, in the chunks themselves.
 */
export class FrameReader {
  readonly #masked: boolean;
  readonly #header: FrameHeader;
  readonly #waiting: Bytes[] = [];
  readonly #data = { type: "data" as const, part: NOTHING, last: false };
  #chunk: Bytes = NOTHING;
  #at = 0;
  /** Bytes of the present frame's payload that were read. */
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
    return this.#fragmented || !this.#header.untouched;
  }

  /** Gives it the next bytes, which are its own from now on. */
  feed(chunk: Bytes): void {
    if (!this.#over) this.#waiting.push(chunk);
  }

  /**
   * The next event, or null when more bytes are needed, and for ever after a
   * Close frame or an error. A data event is good until the next call: one
   * object serves for all of them.
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
      // Else an idle connection would hold on to its last chunk.
      this.#data.part = NOTHING;
      return null;
    } catch (error) {
      this.#finish();
      throw error;
    }
  }

  #hasInput(): boolean {
    // Not "===": a chunk that somebody transferred has no length any more.
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
    return header.opcode >= OPCODE.close
      ? this.#readControl()
      : this.#readData();
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
    const { opcode, length } = this.#header;
    if (this.#read === 0) this.#control = new Uint8Array(length);
    const offset = this.#read;
    this.#control.set(this.#take(), offset);
    if (this.#read < length) return null;
    this.#header.reset();
    const payload = this.#control;
    if (opcode === OPCODE.ping) return { type: "ping", payload };
    if (opcode === OPCODE.pong) return { type: "pong", payload };
    return { type: "close", ...decodeClosePayload(payload) };
  }

  /** As much of the frame's payload as the chunk at hand holds. */
  #take(): Bytes {
    const wanted = this.#header.length - this.#read;
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
