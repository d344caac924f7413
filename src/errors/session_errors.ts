import type { Bytes } from "../bytes.ts";
import type { Status } from "../status.ts";
import { PodwireError } from "./podwire_error.ts";

/** What a `run` had collected when it failed. */
export interface PartialResult {
  /** What had come on stdout. */
  readonly stdout: Bytes;
  /** What had come on stderr. */
  readonly stderr: Bytes;
  /** The status, if one had come. */
  readonly status: Status | null;
}

/** The connection ended abnormally before a status arrived. */
export class ConnectionLostError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "ConnectionLostError";
  /** The WebSocket close code; 1006 when there was no Close frame. */
  readonly code: number;
  /** The Close frame's reason, or what is known of the end. */
  readonly reason: string;
  /** What `run` had collected; null for a session, whose readers have it. */
  partial: PartialResult | null = null;

  /** Names the action and the end. */
  constructor(
    message: string,
    options: ErrorOptions & { code: number; reason: string },
  ) {
    super(message, options);
    this.code = options.code;
    this.reason = options.reason;
  }
}

/** The call's `timeout` ran out. */
export class CallTimeoutError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "CallTimeoutError";
  /** The limit, in milliseconds. */
  readonly timeout: number;
  /** What `run` had collected; null for any other call. */
  partial: PartialResult | null = null;

  /** Names the action. */
  constructor(message: string, options: ErrorOptions & { timeout: number }) {
    super(message, options);
    this.timeout = options.timeout;
  }
}

/**
 * More bytes came than may be kept: `run`'s `maxBuffer`, output that nobody
 * claimed, or a transport that cannot pause.
 */
export class BufferOverflowError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "BufferOverflowError";
  /** `"stdout"` or `"stderr"`; null when a whole connection overflowed. */
  readonly channel: "stdout" | "stderr" | null;
  /** The limit, in bytes. */
  readonly limit: number;
  /** How many bytes were dropped, as far as was counted. */
  readonly discarded: number;
  /** What `run` had collected; null for a session. */
  partial: PartialResult | null = null;

  /** Names the channel and the limit. */
  constructor(
    message: string,
    options: ErrorOptions & {
      channel: "stdout" | "stderr" | null;
      limit: number;
      discarded: number;
    },
  ) {
    super(message, options);
    this.channel = options.channel;
    this.limit = options.limit;
    this.discarded = options.discarded;
  }
}

/** The peer broke the protocol: a text frame, bad framing, an unknown subprotocol. */
export class ProtocolError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "ProtocolError";
  /** What `run` had collected, null for a session. */
  partial: PartialResult | null = null;
}

/** The end of stdin cannot be said: the server speaks v4, which has no way to. */
export class HalfCloseUnsupportedError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "HalfCloseUnsupportedError";
  /** The subprotocol in use; null when the server refused the one offered. */
  readonly protocol: string | null;

  /** Names the action and what the server speaks. */
  constructor(
    message: string,
    options: ErrorOptions & { protocol: string | null },
  ) {
    super(message, options);
    this.protocol = options.protocol;
  }
}

/** The source given to `run` as stdin failed; `cause` says how. */
export class StdinError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "StdinError";
  /** What `run` had collected. */
  partial: PartialResult | null = null;
}

/** Writing, resizing or reading after the session has ended. */
export class SessionEndedError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "SessionEndedError";
  /** The status it ended with, if one came. */
  readonly status: Status | null;

  /** Names the action that came too late. */
  constructor(
    message: string,
    options: ErrorOptions & { status: Status | null },
  ) {
    super(message, options);
    this.status = options.status;
  }
}
