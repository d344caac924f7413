import type { Status, StatusReason } from "../status.ts";
import { PodwireError } from "./podwire_error.ts";

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
  readonly status: number;
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
  readonly code: number;
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
      code: number;
      reason: StatusReason;
      apiStatus: Status | null;
    },
  ) {
    super(message, options);
    this.code = options.code;
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
