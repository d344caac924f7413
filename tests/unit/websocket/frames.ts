import { concatBytes, encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { FrameReader } from "../../../src/websocket/frame_reader.ts";
import type { FrameEvent, Role } from "../../../src/websocket/frame.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The fields of a raw frame, valid or not. */
export interface RawFrame {
  readonly final?: boolean;
  /** RSV1 to RSV3 as a number from 0 to 7. */
  readonly reserved?: number;
  readonly opcode?: number;
  readonly key?: readonly number[];
  readonly payload?: Uint8Array | string;
}

/** A frame made byte by byte, independently of the code under test. */
export function rawFrame(frame: RawFrame): Bytes {
  const { final = true, reserved = 0, opcode = 2, key, payload = "" } = frame;
  const plain = typeof payload === "string" ? encodeText(payload) : payload;
  const first = (final ? 0x80 : 0) | reserved << 4 | opcode;
  return concatBytes([
    Uint8Array.of(first),
    lengthBytes(plain.byteLength, key === undefined ? 0 : 0x80),
    Uint8Array.from(key ?? []),
    key === undefined ? plain : xor(plain, key),
  ]);
}

/** The bytes of a length, in its shortest form. */
function lengthBytes(length: number, mask: number): Bytes {
  if (length < 126) return Uint8Array.of(mask | length);
  if (length < 65536) {
    return Uint8Array.of(mask | 126, length >> 8, length & 255);
  }
  const bytes = new Uint8Array(9);
  bytes[0] = mask | 127;
  new DataView(bytes.buffer).setBigUint64(1, BigInt(length));
  return bytes;
}

/** Masking as RFC 6455, 5.3, defines it. */
export function xor(payload: Uint8Array, key: readonly number[]): Bytes {
  return new Uint8Array(payload).map((byte, i) => byte ^ key[i % 4]!);
}

/** An event with the parts of a message put together. */
export type Told =
  | { readonly type: "message"; readonly data: Bytes }
  | { readonly type: "ping" | "pong"; readonly payload: Bytes }
  | { readonly type: "close"; readonly code: number; readonly reason: string }
  | { readonly type: "error"; readonly message: string };

/** All events of a reader for `chunks`, up to its error if any. */
export function readAll(role: Role, chunks: readonly Bytes[]): Told[] {
  const reader = new FrameReader(role);
  const told: Told[] = [];
  let parts: Bytes[] = [];
  try {
    for (const chunk of chunks) {
      reader.feed(chunk);
      for (const event of drain(reader)) {
        if (event.type !== "data") told.push(event);
        else {
          parts.push(event.part);
          if (!event.last) continue;
          told.push({ type: "message", data: concatBytes(parts) });
          parts = [];
        }
      }
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    told.push({ type: "error", message: error.message });
  }
  return told;
}

/** The events at hand, one after the other. */
export function* drain(reader: FrameReader): Generator<FrameEvent> {
  for (let event = reader.next(); event !== null; event = reader.next()) {
    yield event;
  }
}
