import { type Bytes, decodeText, encodeText } from "../bytes.ts";
import {
  checkTerminalSize,
  type TerminalSize,
} from "../request/terminal_size.ts";

/**
 * The payload of a message on the resize channel.
 *
 * @throws {TypeError | RangeError} As {@linkcode checkTerminalSize} does.
 */
export function encodeResize(size: TerminalSize): Bytes {
  checkTerminalSize(size);
  return encodeText(
    JSON.stringify({ Width: size.width, Height: size.height }),
  );
}

/** The size in a resize payload, or null when it holds no valid one. */
export function decodeResize(payload: Uint8Array): TerminalSize | null {
  try {
    const { Width, Height } = JSON.parse(decodeText(payload));
    const size: TerminalSize = { width: Width, height: Height };
    checkTerminalSize(size);
    return size;
  } catch {
    return null;
  }
}
