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

/** The maximum payload of a control frame, in bytes (RFC 6455, 5.5). */
export const MAX_CONTROL_PAYLOAD = 125;

/** Our end of the connection: a client masks, a server does not. */
export type Role = "client" | "server";

/** An event of a `FrameReader`. */
export type FrameEvent = DataEvent | PingEvent | PongEvent | CloseEvent;

/** A part of a binary message. */
export interface DataEvent {
  readonly type: "data";
  /** A view on the chunk that was fed; may be empty. */
  readonly part: Bytes;
  /** Whether the message, not only the frame, ends with this part. */
  readonly last: boolean;
}

/** A ping, to answer with a pong of the same payload. */
export interface PingEvent {
  readonly type: "ping";
  readonly payload: Bytes;
}

/** A pong. */
export interface PongEvent {
  readonly type: "pong";
  readonly payload: Bytes;
}

/** The peer's Close frame, the last event. */
export interface CloseEvent {
  readonly type: "close";
  /** 1005 if the frame has no code. */
  readonly code: number;
  readonly reason: string;
}
