import type { Bytes } from "../bytes.ts";

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
