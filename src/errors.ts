import type { Bytes } from "./bytes.ts";
import type { Status, StatusReason } from "./status.ts";
import type { Target } from "./target.ts";

/** On the prototype of each class: its name. */
const CLASS = Symbol.for("podwire.errorClass");

/**
 * The base class of all errors, except abort reasons and misuse (`TypeError`).
 * `instanceof` recognises the errors of another copy of this package, too: tools
 * that mix `require` and `import` load it twice. `name` is the name of the class,
 * in minified code too.
 */
export class PodwireError extends Error {
  static {
    identify(this, "PodwireError");
  }

  /** Whether `value` is an error of this class, from whatever copy of it. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const { prototype } = this;
    const name = ownClass(prototype);
    for (let at = Object(value); at !== null; at = Object.getPrototypeOf(at)) {
      if (at === prototype) return true;
      if (name !== undefined && ownClass(at) === name) return true;
    }
    return false;
  }
}

/**
 * Gives a class its name, which minifiers would change, and by which
 * `instanceof` recognises the class of another copy.
 */
export function identify(
  { prototype }: { readonly prototype: PodwireError },
  name: string,
): void {
  // Neither is enumerable, as the `name` of the built-in errors.
  const property = { value: name, writable: true, configurable: true };
  Object.defineProperties(prototype, { name: property, [CLASS]: property });
}

function ownClass(prototype: object): unknown {
  return Object.getOwnPropertyDescriptor(prototype, CLASS)?.value;
}

/**
 * Why a connection failed; the same code on every runtime. `UPGRADE_FAILED`
 * means that the transport cannot see the answer.
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

/** No or invalid configuration, or a transport that lacks a requested feature. */
export class ConfigurationError extends PodwireError {
  static {
    identify(this, "ConfigurationError");
  }
}

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

/**
 * An HTTP verb failed; `apiStatus` is the server's answer. Branch on `reason`:
 * `NotFound`; `AlreadyExists` (409, the name is taken); `Conflict` (409, the
 * object has changed: get it and try again); `Expired` or `Gone` (410, the
 * version is too old: list again); `Timeout` (504 or 408: the change may have
 * been made) and `ServerTimeout` (500: try again); `TooManyRequests` (429);
 * `Forbidden` (403, the message names the verb and the resource);
 * `Unauthorized` (401, also with fresh credentials).
 */
export class ApiError extends PodwireError {
  static {
    identify(this, "ApiError");
  }
  /** The HTTP status code. */
  readonly httpStatus: number;
  /**
   * The Status's reason, for example `NotFound`; without a Status, as from a
   * proxy, the reason that corresponds to the HTTP status code.
   */
  readonly reason: StatusReason;
  /** The server's answer; null if it is not a Status. */
  readonly apiStatus: Status | null;
  /** When to try again, in milliseconds, if the server asked for a delay. */
  readonly retryAfter: number | null;
  /** How often it was sent, with the repetitions after a 401, 429 or 503. */
  attempts = 1;

  /** Names the verb and the answer. */
  constructor(
    message: string,
    options: ErrorOptions & {
      httpStatus: number;
      reason: StatusReason;
      apiStatus: Status | null;
      retryAfter?: number | null;
    },
  ) {
    super(message, options);
    this.httpStatus = options.httpStatus;
    this.reason = options.reason;
    this.apiStatus = options.apiStatus;
    this.retryAfter = options.retryAfter ?? null;
  }
}

/**
 * No pod fits the target: its object does not exist (`cause` is the server's
 * answer) or has no selector, no pod has the labels, or, for a session, every
 * pod is completed.
 */
export class TargetNotFoundError extends PodwireError {
  static {
    identify(this, "TargetNotFoundError");
  }
  /** The caller's target. */
  readonly target: Target;

  /** Names the action and the state. */
  constructor(message: string, options: ErrorOptions & { target: Target }) {
    super(message, options);
    this.target = options.target;
  }
}

/**
 * Why a log cannot be read: the pod has no such container, it has not started, or
 * the log is gone: the pod was deleted, or the container has restarted, before it
 * was read to its end.
 */
export type LogNotAvailableReason = "ContainerNotFound" | "NotStarted" | "Lost";

/** A log cannot be read, or not to its end; the message has the cluster's words. */
export class LogNotAvailableError extends PodwireError {
  static {
    identify(this, "LogNotAvailableError");
  }
  /** The pod's name. */
  readonly pod: string;
  /** The container's name. */
  readonly container: string;
  /** Why, as a word to branch on. */
  readonly reason: LogNotAvailableReason;

  /** Names the action and the state. */
  constructor(
    message: string,
    options: ErrorOptions & {
      pod: string;
      container: string;
      reason: LogNotAvailableReason;
    },
  ) {
    super(message, options);
    this.pod = options.pod;
    this.container = options.container;
    this.reason = options.reason;
  }
}

/**
 * `exec`, `attach`, `logs`, `portForward`, `evict`, `scale`, `debug`, `runOnce` or
 * `streamOnce` of a resource without it.
 */
export class SubresourceNotAvailableError extends PodwireError {
  static {
    identify(this, "SubresourceNotAvailableError");
  }
  /** The resource's kind, for example `Deployment`. */
  readonly kind: string;
  /** For example `"exec"`, `"log"` or `"eviction"`. */
  readonly subresource: string;

  /** Names the resource and the subresource. */
  constructor(kind: string, subresource: string) {
    super(
      `Cannot use ${subresource} on a ${kind}: it has no such subresource`,
    );
    this.kind = kind;
    this.subresource = subresource;
  }
}

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
 * What `waitFor` waits for can never come true any more: the object has failed,
 * was deleted, or another one has its name. So with `debug`, `runOnce` and
 * `streamOnce`, whose container can never start.
 */
export class WaitFailedError extends PodwireError {
  static {
    identify(this, "WaitFailedError");
  }
  /**
   * The cluster's word for it, for example `BackoffLimitExceeded`,
   * `ProgressDeadlineExceeded` or `ImagePullBackOff`; `Deleted` or `Replaced`
   * for an object that is gone, `AlreadyExists` for a debug container's name
   * that is taken.
   */
  readonly reason: string;
  /** The object as it was last seen. */
  readonly object: object;

  /** Names the action and the state. */
  constructor(
    message: string,
    options: ErrorOptions & { reason: string; object: object },
  ) {
    super(message, options);
    this.reason = options.reason;
    this.object = options.object;
  }
}

/** The server broke the protocol: a text frame, invalid framing, an unknown subprotocol. */
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

/**
 * Why a forwarded port failed: `Unreachable`: the node could not connect to it;
 * `Broken`: the connection failed later, with the node's words; `Reset`: without
 * any; `ConnectionLost`: the way to the node broke; `NoSuchPort`: the pod or the
 * Service has no port of that name or number.
 */
export type PortForwardReason =
  | "Unreachable"
  | "Broken"
  | "Reset"
  | "ConnectionLost"
  | "NoSuchPort";

/** A port of a pod could not be reached, or the forwarding broke. */
export class PortForwardError extends PodwireError {
  static {
    identify(this, "PortForwardError");
  }
  /** The port, as the caller gave it. */
  readonly port: number | string;
  /** What happened; the message has the node's words. */
  readonly reason: PortForwardReason;

  /** Names the port and the state. */
  constructor(
    message: string,
    options: ErrorOptions & {
      port: number | string;
      reason: PortForwardReason;
    },
  ) {
    super(message, options);
    this.port = options.port;
    this.reason = options.reason;
  }
}

/**
 * Why a file could not be transferred: `NotFound`, `Denied` (rights, a read-only
 * file system), `IsDirectory`, `NotDirectory`, `Exists` (something that is not to
 * be replaced has the name); `Changed` while it was read; `Incomplete`: not all
 * of it arrived, or it could not be read or written to its end; `NoSpace`;
 * `Unsafe`: a name that leads out of the directory, or what is no file;
 * `Unavailable`: the container lacks the program that it takes.
 */
export type FileTransferReason =
  | "NotFound"
  | "Denied"
  | "IsDirectory"
  | "NotDirectory"
  | "Exists"
  | "Changed"
  | "Incomplete"
  | "NoSpace"
  | "Unsafe"
  | "Unavailable";

/** A file of a container was not transferred, or not whole. */
export class FileTransferError extends PodwireError {
  static {
    identify(this, "FileTransferError");
  }
  /** The path of the file or directory that it failed at. */
  readonly path: string;
  /** Why, as a word to branch on; the message has the system's own words. */
  readonly reason: FileTransferReason;

  /** Names the action, the path and the state. */
  constructor(
    message: string,
    options: ErrorOptions & { path: string; reason: FileTransferReason },
  ) {
    super(message, options);
    this.path = options.path;
    this.reason = options.reason;
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
