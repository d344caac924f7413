import { decodeLatin1 } from "../../bytes.ts";

/**
 * Records of an extended header (POSIX.1-2024, pax, "pax Extended Header"), by
 * key. A later record replaces an earlier one; an empty value stands for the
 * absence of one.
 */
export type PaxRecords = ReadonlyMap<string, Uint8Array>;

/** What an extended header holds. */
export interface PaxHeader {
  readonly records: PaxRecords;
  /**
   * The values of `GNU.sparse.offset` and `GNU.sparse.numbytes`, which are
   * repeated, in turn.
   */
  readonly sparse: readonly number[];
}

/** Longer lengths of a record than these digits do not fit into an archive. */
const MAX_DIGITS = 9;

const NEWLINE = 0x0a;
const SPACE = 0x20;
const EQUALS = 0x3d;

/**
 * Reads "LENGTH KEY=VALUE\n" over and over.
 *
 * @returns Null if `bytes` is anything else.
 */
export function readPaxHeader(bytes: Uint8Array): PaxHeader | null {
  const records = new Map<string, Uint8Array>();
  const sparse: number[] = [];
  for (let start = 0; start < bytes.byteLength;) {
    const space = bytes.indexOf(SPACE, start);
    if (space < 0 || space - start > MAX_DIGITS) return null;
    const length = readDecimal(bytes.subarray(start, space));
    if (length === null) return null;
    const end = start + length;
    if (end > bytes.byteLength || end <= space + 1) return null;
    if (bytes[end - 1] !== NEWLINE) return null;
    const record = bytes.subarray(space + 1, end - 1);
    const equals = record.indexOf(EQUALS);
    if (equals < 1) return null;
    const key = decodeLatin1(record.subarray(0, equals));
    const value = record.subarray(equals + 1);
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
      const number = readDecimal(value);
      if (number === null) return null;
      const isOffset = key === "GNU.sparse.offset";
      if (isOffset !== (sparse.length % 2 === 0)) return null;
      sparse.push(number);
    } else records.set(key, value);
    start = end;
  }
  return sparse.length % 2 === 0 ? { records, sparse } : null;
}

/** A decimal number of digits only; null if it is none, or too large. */
export function readDecimal(bytes: Uint8Array): number | null {
  if (bytes.byteLength === 0) return null;
  let value = 0;
  for (const byte of bytes) {
    const digit = byte - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : null;
}

/** Seconds since 1970, with a fraction; null if it is no number. */
export function readSeconds(bytes: Uint8Array): number | null {
  const text = decodeLatin1(bytes);
  return /^-?\d{1,15}(\.\d*)?$/.test(text) ? Number(text) : null;
}
