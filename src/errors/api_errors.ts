import type { Status, StatusReason } from "../status.ts";
import type { Target } from "../target.ts";
import { identify, PodwireError } from "./podwire_error.ts";

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
  /** The HTTP status code; 0 for a redirect in a page, which sees no more of it. */
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
