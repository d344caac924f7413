import type { Bytes } from "../bytes.ts";

/** The frame types of RFC 6455, 5.2. */
export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** The most bytes that a control frame may carry (RFC 6455, 5.5). */
export const MAX_CONTROL_PAYLOAD = 125;

/** Which end of the connection we are: a client masks, a server does not. */
export type Role = "client" | "server";

/** What a `FrameReader` found. */
export type FrameEvent = DataEvent | PingEvent | PongEvent | CloseEvent;

/** A part of a binary message. */
export interface DataEvent {
  readonly type: "data";
  /** A view on the chunk that was fed; it may be empty. */
  readonly part: Bytes;
  /** Whether the message, not just the frame, ends with it. */
  readonly last: boolean;
}

/** A ping, to be answered with a pong of the same payload. */
export interface PingEvent {
  readonly type: "ping";
  readonly payload: Bytes;
}

/** A pong. */
export interface PongEvent {
  readonly type: "pong";
  readonly payload: Bytes;
}

/** The peer's Close frame: nothing follows it. */
export interface CloseEvent {
  readonly type: "close";
  /** 1005 when the frame had none. */
  readonly code: number;
  readonly reason: string;
}
