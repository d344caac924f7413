import type { Bytes } from "../bytes.ts";
import {
  CONTROL_BIT,
  FLAG_FIN,
  HEAD_BYTES,
  SPDY_FRAME,
  SPDY_VERSION,
} from "./frame.ts";

/**
 * Encodes the frame that opens a stream.
 *
 * @param headerBlock From a `HeaderBlockWriter`.
 * @param fin Whether the sender half-closes the stream at once.
 */
export function encodeSynStream(
  stream: number,
  headerBlock: Uint8Array,
  fin: boolean,
): Bytes {
  const flags = fin ? FLAG_FIN : 0;
  const length = 10 + headerBlock.byteLength;
  const { frame, view } = controlFrame(SPDY_FRAME.synStream, flags, length);
  // No associated stream, the highest priority: both zero.
  view.setUint32(HEAD_BYTES, stream);
  frame.set(headerBlock, HEAD_BYTES + 10);
  return frame;
}

/** Encodes the frame by which a server accepts a stream. */
export function encodeSynReply(
  stream: number,
  headerBlock: Uint8Array,
): Bytes {
  const length = 4 + headerBlock.byteLength;
  const { frame, view } = controlFrame(SPDY_FRAME.synReply, 0, length);
  view.setUint32(HEAD_BYTES, stream);
  frame.set(headerBlock, HEAD_BYTES + 4);
  return frame;
}

/**
 * Encodes the 8 bytes in front of `length` bytes of data, so that both are sent
 * without a copy.
 *
 * @param fin Whether the sender half-closes the stream behind them.
 */
export function encodeDataHead(
  stream: number,
  length: number,
  fin: boolean,
): Bytes {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, stream);
  view.setUint32(4, length);
  head[4] = fin ? FLAG_FIN : 0;
  return head;
}

/** Encodes the frame that ends a stream at once, with a `RST_STATUS`. */
export function encodeRstStream(stream: number, status: number): Bytes {
  const { frame, view } = controlFrame(SPDY_FRAME.rstStream, 0, 8);
  view.setUint32(HEAD_BYTES, stream);
  view.setUint32(HEAD_BYTES + 4, status);
  return frame;
}

/** Encodes a ping, or the answer to one. */
export function encodeSpdyPing(id: number): Bytes {
  const { frame, view } = controlFrame(SPDY_FRAME.ping, 0, 4);
  view.setUint32(HEAD_BYTES, id);
  return frame;
}

function controlFrame(
  type: number,
  flags: number,
  length: number,
): { readonly frame: Bytes; readonly view: DataView } {
  const frame = new Uint8Array(HEAD_BYTES + length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, CONTROL_BIT << 8 | SPDY_VERSION);
  view.setUint16(2, type);
  view.setUint32(4, length);
  frame[4] = flags;
  return { frame, view };
}
