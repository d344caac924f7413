import type { Status } from "../status.ts";
import { identify, PodwireError } from "./podwire_error.ts";

/** No or invalid configuration, or a transport that lacks a requested feature. */
export class ConfigurationError extends PodwireError {
  static {
    identify(this, "ConfigurationError");
  }
}

/**
 * Why a connection failed; the same code on every runtime. `UPGRADE_FAILED`
 * means that the transport cannot see the answer, or why there is none: with a
 * standard `WebSocket`, pages and Node never can, Deno and Bun sometimes.
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

/** The server did not answer, or the transport cannot see its answer. */
export class ConnectError extends PodwireError {
  static {
    identify(this, "ConnectError");
  }
  /** Why the connection failed. */
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
  static {
    identify(this, "HandshakeError");
  }
  /** The HTTP status code. */
  readonly httpStatus: number;
  /** The response's body, at most its first 64 KiB. */
  readonly body: string;
  /** The body as a Kubernetes Status; null if it is not one. */
  readonly apiStatus: Status | null;
  /** What to try; null if unknown. */
  readonly hint: string | null;
  /** When to try again, in milliseconds, if the server asked for a delay. */
  readonly retryAfter: number | null;
  /** How often it was sent, with the repetitions after a 401, 429 or 503. */
  attempts = 1;

  /** Names the action and the answer. */
  constructor(
    message: string,
    options: ErrorOptions & {
      httpStatus: number;
      body?: string;
      apiStatus?: Status | null;
      hint?: string | null;
      retryAfter?: number | null;
    },
  ) {
    super(message, options);
    this.httpStatus = options.httpStatus;
    this.body = options.body ?? "";
    this.apiStatus = options.apiStatus ?? null;
    this.hint = options.hint ?? null;
    this.retryAfter = options.retryAfter ?? null;
  }
}
