import type { Bytes } from "./bytes.ts";
import type { Status, StatusReason } from "./status.ts";

/** Every error of this package; abort reasons and misuse (`TypeError`) aside. */
export class PodwireError extends Error {
  /** The name of the class, in minified code too. */
  override name = "PodwireError";
}

/**
 * Why no connection came about, the same word on every runtime.
 * `UPGRADE_FAILED` means that the answer is hidden from this transport.
 */
export type ConnectErrorCode =
  | "ECONNREFUSED"
  | "ECONNRESET"
  | "ENOTFOUND"
  | "ETIMEDOUT"
  | "EUNREACHABLE"
  | "CERT_UNTRUSTED"
  | "CERT_EXPIRED"
  | "CERT_NAME"
  | "TLS_FAILED"
  | "PROXY_AUTH"
  | "PROXY_FAILED"
  | "UPGRADE_FAILED"
  | "UNKNOWN";

/** No configuration, a bad one, or a transport that cannot do what is asked. */
export class ConfigurationError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "ConfigurationError";
}

/** No answer came from the server, or none that this transport can see. */
export class ConnectError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "ConnectError";
  /** Why, in a word. */
  readonly code: ConnectErrorCode;

  /** Names the action and the state; `cause` is the runtime's own error. */
  constructor(
    message: string,
    options: ErrorOptions & { code: ConnectErrorCode },
  ) {
    super(message, options);
    this.code = options.code;
  }
}

/** The server answered the WebSocket upgrade with anything but 101. */
export class HandshakeError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "HandshakeError";
  /** The HTTP status code. */
  readonly httpStatus: number;
  /** The response's body, at most its first 64 KiB. */
  readonly body: string;
  /** The body read as a Kubernetes Status, or null when it was none. */
  readonly apiStatus: Status | null;
  /** What to try, when that is known. */
  readonly hint: string | null;

  /** Names the action and the answer. */
  constructor(
    message: string,
    options: ErrorOptions & {
      httpStatus: number;
      body?: string;
      apiStatus?: Status | null;
      hint?: string | null;
    },
  ) {
    super(message, options);
    this.httpStatus = options.httpStatus;
    this.body = options.body ?? "";
    this.apiStatus = options.apiStatus ?? null;
    this.hint = options.hint ?? null;
  }
}

/**
 * An HTTP verb failed; `apiStatus` is what the server said. Its `reason` tells
 * what to do: `NotFound`; `AlreadyExists` (409, the name is taken); `Conflict`
 * (409, somebody else changed the object: get it and try again); `Expired` or
 * `Gone` (410, what was asked for is too old: list anew); `Timeout` (504, 408:
 * it may still have been done) and `ServerTimeout` (500: try again);
 * `TooManyRequests` (429); `Forbidden` (403, the message names the verb and the
 * resource); `Unauthorized` (401, with fresh credentials too).
 */
export class ApiError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "ApiError";
  /** The HTTP status code. */
  readonly httpStatus: number;
  /**
   * The Status's reason, for example `NotFound`; without a Status, as from a
   * proxy, the one that the HTTP status code stands for.
   */
  readonly reason: StatusReason;
  /** What the server said; null when its answer was no Status. */
  readonly apiStatus: Status | null;

  /** Names the verb and the answer. */
  constructor(
    message: string,
    options: ErrorOptions & {
      httpStatus: number;
      reason: StatusReason;
      apiStatus: Status | null;
    },
  ) {
    super(message, options);
    this.httpStatus = options.httpStatus;
    this.reason = options.reason;
    this.apiStatus = options.apiStatus;
  }
}

/** `exec`, `attach` or `logs` on a resource that has no such subresource. */
export class SubresourceNotAvailableError extends PodwireError {
  /** The name of the class, in minified code too. */
  override name = "SubresourceNotAvailableError";
  /** The resource's kind, for example `Deployment`. */
  readonly kind: string;
  /** `"exec"`, `"attach"` or `"log"`. */
  readonly subresource: string;

  /** Says which resource has no which subresource. */
  constructor(kind: string, subresource: string) {
    super(
      `Cannot use ${subresource} on a ${kind}: it has no such subresource`,
    );
    this.kind = kind;
    this.subresource = subresource;
  }
}

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
  readonly closeCode: number;
  /** The Close frame's reason, or what is known of the end. */
  readonly reason: string;
  /** What `run` had collected; null for a session, whose readers have it. */
  partial: PartialResult | null = null;

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
