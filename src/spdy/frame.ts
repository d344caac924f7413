import type { Bytes } from "../bytes.ts";

/** The types of control frames that a tunnel carries (SPDY/3.1, 2.6). */
export const SPDY_FRAME = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** Why a stream is reset (SPDY/3.1, 2.6.3); those that are sent. */
export const RST_STATUS = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  cancel: 5,
  internalError: 6,
} as const;

/** The version in every control frame: SPDY/3 and SPDY/3.1. */
export const SPDY_VERSION = 3;

/** Marks a control frame, in its first byte. */
export const CONTROL_BIT = 0x80;

/** The sender will send no more on this stream. */
export const FLAG_FIN = 0x01;

/** The bytes in front of every frame: a stream or a type, flags, a length. */
export const HEAD_BYTES = 8;

/** Our end of the connection: a client opens the streams. */
export type SpdyRole = "client" | "server";

/** Receives what a `SpdyReader` reads. */
export interface SpdyReceiver {
  /**
   * The peer opens a stream; only for a server.
   *
   * @param headerBlock Compressed, as it came. Blocks of one connection share
   * one compression context.
   */
  opened(stream: number, headerBlock: Bytes): void;
  /** The next bytes of a stream: a view on the chunk that is read. */
  data(stream: number, part: Bytes): void;
  /** The peer has half-closed a stream: no data follows. */
  finished(stream: number): void;
  /** The peer has reset a stream. */
  reset(stream: number, status: number): void;
  /** A ping: one that the peer began is to be sent back. */
  ping(id: number): void;
}
