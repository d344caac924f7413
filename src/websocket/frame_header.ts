import type { Bytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { MAX_CONTROL_PAYLOAD, OPCODE, type Role } from "./opcode.ts";

const STEP = { start: 0, length: 1, extended: 2, key: 3, complete: 4 } as const;

/**
 * Reads frame headers byte by byte, so that a header may be split anywhere, and
 * refuses a malformed one at the byte that makes it so.
 */
export class FrameHeader {
  opcode = 0;
  final = false;
  length = 0;
  /** The four masking bytes, of use only when the peer masks. */
  readonly key: Bytes = new Uint8Array(4);
  readonly #masked: boolean;
  #step: number = STEP.start;
  /** Bytes still to come of the extended length or the key. */
  #missing = 0;
  #minimum = 0;

  constructor(role: Role) {
    this.#masked = role === "server";
  }

  /** Whether no byte of the next header has come yet. */
  get untouched(): boolean {
    return this.#step === STEP.start;
  }

  get complete(): boolean {
    return this.#step === STEP.complete;
  }

  /** Makes ready for the next header. */
  reset(): void {
    this.#step = STEP.start;
  }

  /**
   * Takes the header's bytes from `chunk`, starting at `from`.
   *
   * @param fragmented Whether a message is waiting for its continuation.
   * @returns The index of the first byte not taken.
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
    if (this.length > Number.MAX_SAFE_INTEGER) refuse("its length is absurd");
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
  if (opcode === OPCODE.text) refuse("it is a text frame");
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
