import type { Bytes } from "../../bytes.ts";

const LF = 10;

/** What an attach has received of a process that had written before. */
export interface Attached {
  readonly stdout: Bytes;
  readonly stderr: Bytes;
}

/** What is known of the time at which the log was read. */
export type LogMoment =
  /** The process writes: only a unique position counts. */
  | "busy"
  /** Nothing was received in the meantime. */
  | "quiet"
  /** The container has ended, and the log is complete. */
  | "ended";

/**
 * Finds where an attach began: how many bytes of the log were written before it.
 *
 * A log has whole lines, of both streams; once the container has ended, also the
 * last one of each, which containerd completes by an LF. What follows the start of
 * the attach was received by it as well, in lines of either stream, each in its
 * order.
 *
 * @param received The bytes of whole lines that the attach had received before
 * the log was read, which are in it.
 * @returns Null if the log does not fit: it is behind, or ahead of the attach.
 */
export function attachedFrom(
  log: Bytes,
  attached: Attached,
  moment: LogMoment,
  received = 0,
): number | null {
  const { stdout, stderr } = attached;
  if (moment === "ended") {
    const latest = log.byteLength - stdout.byteLength - stderr.byteLength;
    const earliest = latest - unfinished(stdout) - unfinished(stderr);
    return find(log, attached, latest, earliest);
  }
  const lines = linesOf(attached);
  const start = log.byteLength - lines;
  if (moment === "quiet") return find(log, attached, start, start);
  if (lines === 0) return null;
  const latest = log.byteLength - Math.max(1, received);
  const from = find(log, attached, latest, start);
  const isUnique = from !== null &&
    find(log, attached, from - 1, start) === null;
  return isUnique ? from : null;
}

/** The number of bytes in the whole lines of both streams. */
export function linesOf({ stdout, stderr }: Attached): number {
  return wholeLines(stdout) + wholeLines(stderr);
}

/**
 * The same for output that does not stop, and repeats itself: several positions
 * fit. The last possible one is taken, so that no byte is lost.
 */
export function lastAttachedFrom(
  log: Bytes,
  attached: Attached,
  received: number,
): number {
  const latest = Math.max(0, log.byteLength - received);
  const { stdout, stderr } = attached;
  const earliest = latest - stdout.byteLength - stderr.byteLength;
  return find(log, attached, latest, earliest) ?? latest;
}

function find(
  log: Bytes,
  attached: Attached,
  latest: number,
  earliest: number,
): number | null {
  const { stdout: [out], stderr: [err] } = attached;
  for (let from = latest; from >= Math.max(0, earliest); from--) {
    const first = log[from];
    const mayFit = first === undefined || first === out || first === err;
    if (!mayFit) continue;
    if (isInterleaved(log, from, attached)) return from;
  }
  return null;
}

/** The number of bytes up to the end of the last whole line. */
function wholeLines(bytes: Bytes): number {
  return bytes.lastIndexOf(LF) + 1;
}

/** The LF that a log adds to the last line. */
function unfinished(bytes: Bytes): number {
  return bytes.byteLength > wholeLines(bytes) ? 1 : 0;
}

/** Whether the log from `start` on consists of the first lines of the streams. */
function isInterleaved(log: Bytes, start: number, attached: Attached): boolean {
  return overlapOf(log.subarray(start), attached) !== null;
}

/** How much of each stream makes up a part of a log. */
export interface Overlap {
  readonly stdout: number;
  readonly stderr: number;
}

/**
 * How much of the streams a part of the log consists of, which begins where they
 * begin; null if it does not.
 */
export function overlapOf(
  log: Bytes,
  { stdout, stderr }: Attached,
): Overlap | null {
  let out = 0;
  let err = 0;
  for (let from = 0; from < log.byteLength;) {
    const end = log.indexOf(LF, from);
    const to = end < 0 ? log.byteLength : end + 1;
    if (hasLine(stdout, out, log, from, to)) out += to - from;
    else if (hasLine(stderr, err, log, from, to)) err += to - from;
    else return null;
    from = to;
  }
  return {
    stdout: Math.min(out, stdout.byteLength),
    stderr: Math.min(err, stderr.byteLength),
  };
}

/** Whether `bytes` has at `offset` the line of the log, or that without its LF. */
export function hasLine(
  bytes: Bytes,
  offset: number,
  log: Bytes,
  from: number,
  to: number,
): boolean {
  const rest = bytes.byteLength - offset;
  const isLast = rest > 0 && rest === to - from - 1 && log[to - 1] === LF;
  const length = isLast ? rest : to - from;
  if (rest < length) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[offset + i] !== log[from + i]) return false;
  }
  return true;
}
