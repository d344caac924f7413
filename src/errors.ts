import type { Bytes } from "./bytes.ts";
import type { Status } from "./status.ts";

/** Every error of this package; abort reasons and misuse (`TypeError`) aside. */
export class PodwireError extends Error {
  override name = "PodwireError";
}

/** What a `run` had collected when it failed. */
export interface PartialResult {
  readonly stdout: Bytes;
  readonly stderr: Bytes;
  readonly status: Status | null;
}

/** No configuration, a bad one, or a transport that cannot do what is asked. */
export class ConfigurationError extends PodwireError {
  override name = "ConfigurationError";
}

/** The server answered the WebSocket upgrade with anything but 101. */
export class HandshakeError extends PodwireError {
  override name = "HandshakeError";
  /** The HTTP status code. */
  readonly status: number;
  /** The response's body, at most its first 64 KiB. */
  readonly body: string;
  /** The body read as a Kubernetes Status, or null when it was none. */
  readonly apiStatus: Status | null;
  /** What to try, when that is known. */
  readonly hint: string | null;

  constructor(
    message: string,
    options: ErrorOptions & {
      status: number;
      body?: string;
      apiStatus?: Status | null;
      hint?: string | null;
    },
  ) {
    super(message, options);
    this.status = options.status;
    this.body = options.body ?? "";
    this.apiStatus = options.apiStatus ?? null;
    this.hint = options.hint ?? null;
  }
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

/** No answer came from the server, or none that this transport can see. */
export class ConnectError extends PodwireError {
  override name = "ConnectError";
  readonly code: ConnectErrorCode;

  constructor(
    message: string,
    options: ErrorOptions & { code: ConnectErrorCode },
  ) {
    super(message, options);
    this.code = options.code;
  }
}

/** The connection ended abnormally before a status arrived. */
export class ConnectionLostError extends PodwireError {
  override name = "ConnectionLostError";
  /** The WebSocket close code; 1006 when there was no Close frame. */
  readonly code: number;
  /** The Close frame's reason, or what is known of the end. */
  readonly reason: string;
  /** What `run` had collected; null for a session, whose readers have it. */
  partial: PartialResult | null = null;

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
  override name = "CallTimeoutError";
  /** The limit, in milliseconds. */
  readonly timeout: number;
  /** What `run` had collected; null before there was a connection. */
  partial: PartialResult | null = null;

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
  override name = "BufferOverflowError";
  /** `"stdout"` or `"stderr"`; null when a whole connection overflowed. */
  readonly channel: "stdout" | "stderr" | null;
  /** The limit, in bytes. */
  readonly limit: number;
  /** How many bytes were dropped, as far as was counted. */
  readonly discarded: number;
  partial: PartialResult | null = null;

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
  override name = "ProtocolError";
  /** What `run` had collected, null for a session. */
  partial: PartialResult | null = null;
}

/** The end of stdin cannot be said: the server speaks v4, which has no way to. */
export class HalfCloseUnsupportedError extends PodwireError {
  override name = "HalfCloseUnsupportedError";
  /** The subprotocol in use; null when the server refused the one offered. */
  readonly protocol: string | null;

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
  override name = "StdinError";
  partial: PartialResult | null = null;
}

/** Writing, resizing or reading after the session has ended. */
export class SessionEndedError extends PodwireError {
  override name = "SessionEndedError";
  /** The status it ended with, if one came. */
  readonly status: Status | null;

  constructor(
    message: string,
    options: ErrorOptions & { status: Status | null },
  ) {
    super(message, options);
    this.status = options.status;
  }
}

/** An HTTP verb failed; `apiStatus` is what the server said. */
export class ApiError extends PodwireError {
  override name = "ApiError";
  /** The HTTP status code. */
  readonly code: number;
  /** The Status's reason, for example `NotFound`; empty when none came. */
  readonly reason: string;
  readonly apiStatus: Status | null;

  constructor(
    message: string,
    options: ErrorOptions & {
      code: number;
      reason: string;
      apiStatus: Status | null;
    },
  ) {
    super(message, options);
    this.code = options.code;
    this.reason = options.reason;
    this.apiStatus = options.apiStatus;
  }
}

/** `exec` or `attach` on a resource that has no such subresource. */
export class SubresourceNotAvailableError extends PodwireError {
  override name = "SubresourceNotAvailableError";
  /** The resource's kind, for example `Deployment`. */
  readonly kind: string;
  /** `"exec"` or `"attach"`. */
  readonly subresource: string;

  constructor(kind: string, subresource: string) {
    super(
      `Cannot ${subresource} on a ${kind}: it has no "${subresource}" subresource`,
    );
    this.kind = kind;
    this.subresource = subresource;
  }
}
