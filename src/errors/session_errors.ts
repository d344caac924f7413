import type { Bytes } from "../bytes.ts";
import type { Status } from "../status.ts";
import { identify, PodwireError } from "./podwire_error.ts";

/** The output and status that a failed `run` had collected. */
export interface PartialResult {
  /** Collected from stdout. */
  readonly stdout: Bytes;
  /** Collected from stderr. */
  readonly stderr: Bytes;
  /** The status, if one had arrived. */
  readonly status: Status | null;
}

/** The connection ended abnormally before a status arrived. */
export class ConnectionLostError extends PodwireError {
  static {
    identify(this, "ConnectionLostError");
  }
  /** The WebSocket close code; 1006 when there was no Close frame. */
  readonly closeCode: number;
  /** The Close frame's reason, or a description of the end. */
  readonly reason: string;
  /** The output that `run` had collected; null for a session. */
  partial: PartialResult | null = null;
  /**
   * Whether the remote process is known to be gone, with `killOnAbort`; null
   * without it.
   */
  killed: boolean | null = null;

  /** Names the action and the end. */
  constructor(
    message: string,
    options: ErrorOptions & { closeCode: number; reason: string },
  ) {
    super(message, options);
    this.closeCode = options.closeCode;
    this.reason = options.reason;
  }
}

/** The call's `timeout` ran out. */
export class CallTimeoutError extends PodwireError {
  static {
    identify(this, "CallTimeoutError");
  }
  /** The limit, in milliseconds. */
  readonly timeout: number;
  /** The output that `run` had collected; null for any other call. */
  partial: PartialResult | null = null;
  /**
   * Whether the remote process is known to be gone, with `killOnAbort`; null
   * without it.
   */
  killed: boolean | null = null;

  /** Names the action. */
  constructor(message: string, options: ErrorOptions & { timeout: number }) {
    super(message, options);
    this.timeout = options.timeout;
  }
}

/**
 * More bytes arrived than may be kept: beyond `maxBuffer` of `run`, as output
 * that was never read, or on a transport that cannot pause.
 */
export class BufferOverflowError extends PodwireError {
  static {
    identify(this, "BufferOverflowError");
  }
  /** `"stdout"` or `"stderr"`; null if a whole connection overflowed. */
  readonly channel: "stdout" | "stderr" | null;
  /** The limit, in bytes. */
  readonly limit: number;
  /** How many bytes were dropped, as far as they were counted. */
  readonly discarded: number;
  /** The output that `run` had collected; null for a session. */
  partial: PartialResult | null = null;
  /**
   * Whether the remote process is known to be gone, with `killOnAbort`; null
   * without it.
   */
  killed: boolean | null = null;

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

/**
 * The server broke the protocol: a text frame, invalid framing, an unknown
 * subprotocol.
 */
export class ProtocolError extends PodwireError {
  static {
    identify(this, "ProtocolError");
  }
  /** The output that `run` had collected; null for a session. */
  partial: PartialResult | null = null;
  /**
   * Whether the remote process is known to be gone, with `killOnAbort`; null
   * without it.
   */
  killed: boolean | null = null;
}

/**
 * Stdin, or one side of a forwarded connection, cannot be closed: the server
 * speaks v4, which has no half-close.
 */
export class HalfCloseUnsupportedError extends PodwireError {
  static {
    identify(this, "HalfCloseUnsupportedError");
  }
  /** The subprotocol in use; null if the server refused the one offered. */
  readonly protocol: string | null;

  /** Names the action and the subprotocol. */
  constructor(
    message: string,
    options: ErrorOptions & { protocol: string | null },
  ) {
    super(message, options);
    this.protocol = options.protocol;
  }
}

/** The source of `run`'s stdin failed; `cause` is its error. */
export class StdinError extends PodwireError {
  static {
    identify(this, "StdinError");
  }
  /** The output that `run` had collected. */
  partial: PartialResult | null = null;
  /**
   * Whether the remote process is known to be gone, with `killOnAbort`; null
   * without it.
   */
  killed: boolean | null = null;
}

/**
 * A command that `sh` of the container should start, for `cwd`, `env` or
 * `killOnAbort`, and there is no `sh` in the image. Nothing was run.
 */
export class ShellNotFoundError extends PodwireError {
  static {
    identify(this, "ShellNotFoundError");
  }
  /** The status with the words of the container's runtime. */
  readonly status: Status | null;

  /** Names the action and the runtime's words. */
  constructor(
    message: string,
    options: ErrorOptions & { status: Status | null },
  ) {
    super(message, options);
    this.status = options.status;
  }
}

/** Writing, resizing or reading after the session has ended. */
export class SessionEndedError extends PodwireError {
  static {
    identify(this, "SessionEndedError");
  }
  /** The status it ended with, if one arrived. */
  readonly status: Status | null;

  /** Names the action and the end. */
  constructor(
    message: string,
    options: ErrorOptions & { status: Status | null },
  ) {
    super(message, options);
    this.status = options.status;
  }
}
