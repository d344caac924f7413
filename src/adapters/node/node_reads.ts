import type { Bytes } from "../../bytes.ts";
import { builtin } from "../../platform/builtin.ts";
import { GatheredReads } from "../gathered_reads.ts";

/** The option `onread` of `node:tls`. */
export interface OnRead {
  readonly buffer: Uint8Array;
  callback(length: number, buffer: Uint8Array): boolean;
}

/** How much TLS reads at once. */
const LENGTH = 64 * 1024;

/**
 * TLS copies each record into it and calls back at once, so that all sockets
 * share one.
 */
let shared: Uint8Array | null = null;

/** The reads of a socket that is not open yet, and the option to give it. */
export function gatheredReads(): { reads: GatheredReads; onread: OnRead } {
  const reads = new GatheredReads(allocateRead);
  shared ??= allocateRead(LENGTH);
  const onread: OnRead = {
    buffer: shared,
    callback: (length, buffer) => {
      reads.add(buffer.subarray(0, length));
      return true;
    },
  };
  return { reads, onread };
}

/** An array of Node or Bun that is not cleared. */
export function allocateRead(length: number): Bytes {
  const { buffer } = builtin("node:buffer").Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer as ArrayBuffer);
}
