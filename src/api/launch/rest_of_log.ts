import { ByteBuilder, type Bytes } from "../../bytes.ts";
import { type Attached, hasLine } from "./stitch.ts";

const LF = 10;

const LINE_END: Bytes = new Uint8Array([LF]);

/** How many positions are tried. */
const MOST_ATTEMPTS = 1000;

/** An attachment whose end is missing, in the log. */
export interface FoundRest {
  /** Where it begins. */
  readonly from: number;
  /** What the log has besides from there on. */
  readonly rest: Bytes;
}

/**
 * What a log has besides what was received, which begins where the log does, and
 * may end earlier, each stream for itself. A stream that ends where only the LF of
 * a line is missing lacks it if anything follows; else the log may have added it.
 *
 * @returns Null if it does not fit.
 */
export function restFrom(
  log: Bytes,
  { stdout, stderr }: Attached,
): Bytes | null {
  const rest = new ByteBuilder();
  const streams = [stdout, stderr].map((bytes) => ({ bytes, at: 0 }));
  let missingEnds = 0;
  for (let from = 0; from < log.byteLength;) {
    const to = endOfLine(log, from);
    const own = streams.find(({ bytes, at }) =>
      hasLine(bytes, at, log, from, to)
    );
    if (own !== undefined) {
      const { byteLength } = own.bytes;
      if (own.at + to - from > byteLength) missingEnds++;
      own.at = Math.min(own.at + to - from, byteLength);
    } else {
      // It is of a stream that has ended, perhaps within this line.
      const parts = streams.map(({ bytes, at }) =>
        lastPart(bytes, at, log, from, to)
      );
      const part = Math.max(...parts);
      if (part === 0 && !streams.some(hasEnded)) return null;
      if (part > 0) {
        const ended = streams[parts.indexOf(part)]!;
        ended.at = ended.bytes.byteLength;
      }
      for (; missingEnds > 0; missingEnds--) rest.append(LINE_END);
      rest.append(log.subarray(from + part, to));
    }
    from = to;
  }
  return streams.every(hasEnded) ? rest.take() : null;
}

function hasEnded({ bytes, at }: { bytes: Bytes; at: number }): boolean {
  return at === bytes.byteLength;
}

/** As {@linkcode restFrom}, wherever in the log that was received. */
export function findRest(log: Bytes, attached: Attached): FoundRest | null {
  const { stdout, stderr } = attached;
  const latest = log.byteLength - 1;
  let attempts = 0;
  for (let from = latest; from >= 0 && attempts < MOST_ATTEMPTS; from--) {
    if (log[from] !== stdout[0] && log[from] !== stderr[0]) continue;
    const to = endOfLine(log, from);
    const mayFit = [stdout, stderr].some((bytes) =>
      hasLine(bytes, 0, log, from, to) || lastPart(bytes, 0, log, from, to) > 0
    );
    if (!mayFit) continue;
    attempts++;
    const rest = restFrom(log.subarray(from), attached);
    if (rest !== null) return { from, rest };
  }
  return null;
}

/** Whether the log ends as what was received does. */
export function endsAs(log: Bytes, { stdout, stderr }: Attached): boolean {
  let out = stdout.byteLength;
  let err = stderr.byteLength;
  const size = out + err;
  for (let to = log.byteLength; to > 0 && out + err > 0;) {
    const from = to < 2 ? 0 : log.lastIndexOf(LF, to - 2) + 1;
    const ofOut = endOf(stdout, out, log, from, to);
    const ofErr = ofOut > 0 ? 0 : endOf(stderr, err, log, from, to);
    // At the other end, the streams need not begin together.
    if (ofOut + ofErr === 0) return (out + err) * 4 <= size;
    out -= ofOut;
    err -= ofErr;
    to = from;
  }
  return true;
}

function endOfLine(log: Bytes, from: number): number {
  const end = log.indexOf(LF, from);
  return end < 0 ? log.byteLength : end + 1;
}

/** The length of the last part of a stream, if it is the start of the line. */
function lastPart(
  bytes: Bytes,
  offset: number,
  log: Bytes,
  from: number,
  to: number,
): number {
  const length = bytes.byteLength - offset;
  if (length >= to - from) return 0;
  for (let i = 0; i < length; i++) {
    if (bytes[offset + i] !== log[from + i]) return 0;
  }
  return length;
}

/** How much of a stream, up to `end`, is the end of a line; 0 if it is not. */
function endOf(
  bytes: Bytes,
  end: number,
  log: Bytes,
  from: number,
  to: number,
): number {
  // The log completes the last line.
  const isCompleted = end === bytes.byteLength && bytes[end - 1] !== LF &&
    log[to - 1] === LF;
  const last = isCompleted ? to - 1 : to;
  const length = Math.min(end, last - from);
  for (let i = 1; i <= length; i++) {
    if (bytes[end - i] !== log[last - i]) return 0;
  }
  return length;
}
