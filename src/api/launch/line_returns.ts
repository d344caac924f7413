// A terminal ends its lines with CR LF, and containerd's log lacks those CRs.
import { ByteBuilder, type Bytes } from "../../bytes.ts";
import type { Attached } from "./stitch.ts";

const LF = 10;
const CR = 13;
const CRLF: Bytes = new Uint8Array([CR, LF]);

/** Drops each CR: containerd's log lacks those in front of an LF. */
export function withoutReturns(bytes: Bytes): Bytes {
  return bytes.includes(CR) ? bytes.filter((byte) => byte !== CR) : bytes;
}

/** Has each line end with CR LF, as from a terminal. */
export function withReturns(bytes: Bytes): Bytes {
  const lines = new ByteBuilder();
  let from = 0;
  for (let at = 0; (at = bytes.indexOf(LF, at)) >= 0; at++) {
    if (bytes[at - 1] === CR) continue;
    lines.append(bytes.subarray(from, at));
    lines.append(CRLF);
    from = at + 1;
  }
  if (from === 0) return bytes;
  lines.append(bytes.subarray(from));
  return lines.take();
}

/**
 * What was received as the log would have it: containerd's lacks the CRs in front
 * of LFs.
 */
export function asLogged(log: Bytes, attached: Attached): Attached {
  if (hasLineReturn(log)) return attached;
  const { stdout, stderr } = attached;
  return {
    stdout: withoutLineReturns(stdout),
    stderr: withoutLineReturns(stderr),
  };
}

/** How much was received that {@linkcode asLogged} has made `length` bytes of. */
export function receivedLength(
  log: Bytes,
  bytes: Bytes,
  length: number,
): number {
  if (hasLineReturn(log)) return length;
  let at = 0;
  for (let left = length; left > 0; at++) {
    if (!isLineReturn(bytes, at)) left--;
  }
  return at;
}

function hasLineReturn(bytes: Bytes): boolean {
  for (let at = 0; (at = bytes.indexOf(LF, at)) >= 0; at++) {
    if (bytes[at - 1] === CR) return true;
  }
  return false;
}

function withoutLineReturns(bytes: Bytes): Bytes {
  return hasLineReturn(bytes)
    ? bytes.filter((_, at) => !isLineReturn(bytes, at))
    : bytes;
}

function isLineReturn(bytes: Bytes, at: number): boolean {
  return bytes[at] === CR && bytes[at + 1] === LF;
}
