import { type Bytes, decodeText, encodeText } from "../bytes.ts";

/** The size of a terminal, in character cells, each from 1 to 65535. */
export interface TerminalSize {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** The server reads both numbers as uint16. */
const MAX_CELLS = 65535;

/**
 * Checks a size before it is sent: a size that the server cannot decode stops
 * its reader, and the next resize then blocks the whole connection.
 *
 * @throws {TypeError} If `size` is not an object of two integers.
 * @throws {RangeError} If a number is below 1 or above 65535.
 */
export function checkTerminalSize(size: TerminalSize): void {
  if (typeof size !== "object" || size === null) {
    throw new TypeError(
      `Cannot resize the terminal: the size must be { width, height }, got ${
        size === null ? "null" : typeof size
      }`,
    );
  }
  checkCells("width", size.width);
  checkCells("height", size.height);
}

function checkCells(name: string, value: unknown): void {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new TypeError(
      `Cannot resize the terminal: ${name} must be an integer, got ${
        describe(value)
      }`,
    );
  }
  if (value < 1 || value > MAX_CELLS) {
    throw new RangeError(
      `Cannot resize the terminal: ${name} must be from 1 to ${MAX_CELLS}, got ${value}`,
    );
  }
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

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
