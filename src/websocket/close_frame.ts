import { type Bytes, concatBytes, encodeText } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { MAX_CONTROL_PAYLOAD } from "./frame.ts";

/** Close codes that this package sends or reports (RFC 6455, 7.4.1). */
export const CLOSE_CODE = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  /** Reported for a Close frame without a code; never sent. */
  noStatus: 1005,
  /** Reported for a connection that ends without a Close frame; never sent. */
  abnormal: 1006,
} as const;

/** The content of a Close frame; code 1005 when the payload is empty. */
export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

/** Whether `code` may be sent in a Close frame (RFC 6455, 7.4, and IANA's list). */
export function isValidCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

/**
 * Encodes the payload of a Close frame; empty without a code.
 *
 * @throws {RangeError} If the code may not be sent, the reason is longer than
 * 123 bytes of UTF-8, or there is a reason but no code.
 */
export function encodeClosePayload(code?: number, reason = ""): Bytes {
  if (code === undefined) {
    if (reason === "") return new Uint8Array(0);
    throw new RangeError("Cannot close: a reason needs a code");
  }
  if (!isValidCloseCode(code)) {
    throw new RangeError(`Cannot close: code ${code} may not be sent`);
  }
  const payload = concatBytes([
    Uint8Array.of(code >>> 8, code & 0xff),
    encodeText(reason),
  ]);
  if (payload.byteLength > MAX_CONTROL_PAYLOAD) {
    throw new RangeError(
      `Cannot close: the reason is longer than ${
        MAX_CONTROL_PAYLOAD - 2
      } bytes`,
    );
  }
  return payload;
}

/**
 * Decodes the payload of a Close frame.
 *
 * @throws {ProtocolError} If the payload is one byte, the code is not allowed,
 * or the reason is not UTF-8.
 */
export function decodeClosePayload(payload: Uint8Array): CloseFrame {
  if (payload.byteLength === 0) {
    return { code: CLOSE_CODE.noStatus, reason: "" };
  }
  if (payload.byteLength === 1) {
    throw new ProtocolError("Cannot read the Close frame: its code is cut off");
  }
  const code = payload[0]! << 8 | payload[1]!;
  if (!isValidCloseCode(code)) {
    throw new ProtocolError(
      `Cannot read the Close frame: code ${code} may not be sent`,
    );
  }
  return { code, reason: decodeReason(payload.subarray(2)) };
}

function decodeReason(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    throw new ProtocolError(
      "Cannot read the Close frame: its reason is not UTF-8",
    );
  }
}
