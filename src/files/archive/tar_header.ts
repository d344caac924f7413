/**
 * The 512 bytes before each member of a tar archive, as in POSIX.1-2024 (pax,
 * "ustar Interchange Format") and as GNU tar extends them.
 *
 * @module
 */

/** Everything in an archive is padded to a multiple of this. */
export const BLOCK = 512;

/** A header, before the extensions that came in front of it are applied. */
export interface TarHeader {
  readonly name: Uint8Array;
  readonly mode: number;
  /** Bytes that follow the header; null if that is no number. */
  readonly size: number | null;
  /** Seconds since 1970. */
  readonly modified: number;
  /** The type's character, "0" for a file in every format. */
  readonly type: string;
  readonly linkName: Uint8Array;
}

const CHECKSUM = 148;
const CHECKSUM_END = 156;

/** The bytes to add to a block to fill up what `size` leaves of the last one. */
export function paddingOf(size: number): number {
  const rest = size % BLOCK;
  return rest === 0 ? 0 : BLOCK - rest;
}

/** Whether a block has zeros only: two of them end an archive. */
export function isZeroBlock(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** Reads a header; null if it is none, or its checksum is wrong. */
export function readTarHeader(block: Uint8Array): TarHeader | null {
  const sum = readNumber(block, CHECKSUM, 8);
  if (sum !== checksumOf(block) && sum !== signedChecksumOf(block)) return null;
  const flag = block[156]!;
  const type = flag === 0 || flag === 0x37 /* 7 */
    ? "0"
    : String.fromCharCode(flag);
  return {
    name: nameOf(block),
    mode: (readNumber(block, 100, 8) ?? 0o644) & 0o7777,
    size: readNumber(block, 124, 12),
    modified: readNumber(block, 136, 12) ?? 0,
    type,
    linkName: textField(block, 157, 100),
  };
}

/**
 * A number in octal, or, with the first bit set, in base 256 (two's complement):
 * null if it is neither, or not exact as a number of JavaScript.
 */
export function readNumber(
  block: Uint8Array,
  offset: number,
  length: number,
): number | null {
  const end = offset + length;
  const first = block[offset]!;
  let value = 0;
  if ((first & 0x80) !== 0) {
    value = (first & 0x40) === 0 ? first & 0x3f : (first & 0x3f) - 0x40;
    for (let i = offset + 1; i < end; i++) value = value * 256 + block[i]!;
    return Number.isSafeInteger(value) ? value : null;
  }
  let i = offset;
  while (i < end && block[i] === 0x20) i++;
  for (; i < end; i++) {
    const digit = block[i]! - 0x30;
    if (digit === -0x30 || digit === -0x10) break; // NUL, space
    if (digit < 0 || digit > 7) return null;
    value = value * 8 + digit;
  }
  return value;
}

/** What {@linkcode writeTarHeader} writes. */
export interface HeaderFields {
  /** At most 100 bytes; more are cut. */
  readonly name: Uint8Array;
  readonly mode: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
  readonly type: string;
  /** At most 100 bytes; more are cut. */
  readonly linkName: Uint8Array;
}

const encoder = new TextEncoder();
const GNU_MAGIC = encoder.encode("ustar  \0");

/**
 * Writes a header into `block`, which is zeros. In GNU's format: that and ustar
 * are what every tar reads, and only GNU's has sizes above 8 GiB and times before
 * 1970 without a second header.
 */
export function writeTarHeader(block: Uint8Array, fields: HeaderFields): void {
  block.set(fields.name.subarray(0, 100), 0);
  writeNumber(block, 100, 8, fields.mode);
  writeNumber(block, 108, 8, 0);
  writeNumber(block, 116, 8, 0);
  writeNumber(block, 124, 12, fields.size);
  writeNumber(block, 136, 12, fields.modified);
  block[156] = fields.type.charCodeAt(0);
  block.set(fields.linkName.subarray(0, 100), 157);
  block.set(GNU_MAGIC, 257);
  const sum = checksumOf(block).toString(8).padStart(6, "0");
  encoder.encodeInto(`${sum}\0 `, block.subarray(CHECKSUM, CHECKSUM_END));
}

function writeNumber(
  block: Uint8Array,
  offset: number,
  length: number,
  value: number,
): void {
  const field = block.subarray(offset, offset + length);
  if (value >= 0 && value < 8 ** (length - 1)) {
    encoder.encodeInto(value.toString(8).padStart(length - 1, "0"), field);
    return;
  }
  let rest = value;
  for (let i = length - 1; i > 0; i--) {
    const byte = ((rest % 256) + 256) % 256;
    field[i] = byte;
    rest = (rest - byte) / 256;
  }
  field[0] = value < 0 ? 0xff : 0x80;
}

/** Only POSIX's own format has the field `prefix`; GNU has times there. */
function nameOf(block: Uint8Array): Uint8Array {
  const name = textField(block, 0, 100);
  const posix = block[262] === 0 && block[257] === 0x75 /* u */ &&
    block[345] !== 0;
  if (!posix) return name;
  const prefix = textField(block, 345, 155);
  const joined = new Uint8Array(prefix.byteLength + 1 + name.byteLength);
  joined.set(prefix);
  joined[prefix.byteLength] = 0x2f;
  joined.set(name, prefix.byteLength + 1);
  return joined;
}

function textField(
  block: Uint8Array,
  offset: number,
  length: number,
): Uint8Array {
  return untilNul(block.subarray(offset, offset + length));
}

/** The bytes before the first NUL. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** The sum of all bytes, with spaces in place of the checksum itself. */
function checksumOf(block: Uint8Array): number {
  let sum = (CHECKSUM_END - CHECKSUM) * 0x20;
  for (let i = 0; i < CHECKSUM; i++) sum += block[i]!;
  for (let i = CHECKSUM_END; i < BLOCK; i++) sum += block[i]!;
  return sum;
}

/** Some old tars added bytes above 127 as negative numbers. */
function signedChecksumOf(block: Uint8Array): number {
  let sum = checksumOf(block);
  for (let i = 0; i < BLOCK; i++) {
    const counts = i < CHECKSUM || i >= CHECKSUM_END;
    if (counts && block[i]! > 127) sum -= 256;
  }
  return sum;
}
