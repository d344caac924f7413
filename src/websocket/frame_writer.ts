import type { Bytes } from "../bytes.ts";
import { applyMask, nextMaskKey } from "./masking.ts";
import { MAX_CONTROL_PAYLOAD, OPCODE, type Role } from "./frame.ts";

const FIN = 0x80;
const MASKED = 0x80;
const KEY_BYTES = 4;

/**
 * Encodes `parts` as one binary message in one frame: the server's library
 * treats each continuation frame as a separate message. Copies the parts.
 *
 * @param allocate Returns the array for the frame, of this length. Defaults to a
 * new one.
 */
export function encodeMessage(
  parts: readonly Uint8Array[],
  role: Role,
  allocate?: (length: number) => Bytes,
): Bytes {
  return encodeFrame(OPCODE.binary, parts, role, allocate);
}

/**
 * Encodes a control frame: `OPCODE.close`, `ping` or `pong`.
 *
 * @throws {RangeError} If the payload is longer than 125 bytes.
 */
export function encodeControl(
  opcode: number,
  payload: Uint8Array,
  role: Role,
): Bytes {
  if (payload.byteLength > MAX_CONTROL_PAYLOAD) {
    throw new RangeError(
      `Cannot send a control frame: ${payload.byteLength} bytes are more than ${MAX_CONTROL_PAYLOAD}`,
    );
  }
  return encodeFrame(opcode, [payload], role, undefined);
}

function encodeFrame(
  opcode: number,
  parts: readonly Uint8Array[],
  role: Role,
  allocate: ((length: number) => Bytes) | undefined,
): Bytes {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const keyBytes = role === "client" ? KEY_BYTES : 0;
  const header = 2 + extendedLengthBytes(length) + keyBytes;
  const frame = allocate?.(header + length) ?? aligned(header, length);
  frame[0] = FIN | opcode;
  writeLength(frame, length);
  let offset = header;
  for (const part of parts) {
    frame.set(part, offset);
    offset += part.byteLength;
  }
  if (role === "client") {
    const key = nextMaskKey();
    frame[1]! |= MASKED;
    frame.set(key, header - KEY_BYTES);
    applyMask(frame.subarray(header), key, 0);
  }
  return frame;
}

/** A new array with the payload on a word boundary, after a gap. */
function aligned(header: number, length: number): Bytes {
  const gap = -header & 3;
  return new Uint8Array(new ArrayBuffer(gap + header + length), gap);
}

function extendedLengthBytes(length: number): 0 | 2 | 8 {
  if (length < 126) return 0;
  return length < 65536 ? 2 : 8;
}

function writeLength(frame: Bytes, length: number): void {
  if (length < 126) {
    frame[1] = length;
    return;
  }
  const bytes = extendedLengthBytes(length);
  frame[1] = bytes === 2 ? 126 : 127;
  let rest = length;
  for (let i = bytes; i > 0; i--) {
    frame[1 + i] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
}
