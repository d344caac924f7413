/**
 * The Kubernetes `Status` object (`k8s.io/apimachinery` `metav1.Status`), as
 * API servers answer with it and as the status channel of an exec carries it.
 * Every field may be absent: real servers leave out what they do not know.
 */
export interface Status {
  /** `"v1"`, where it is given. */
  readonly apiVersion?: string;
  /** `"Status"`, where it is given. */
  readonly kind?: string;
  /** List metadata; empty but for watches. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** `"Success"` or `"Failure"`. */
  readonly status?: string;
  /** The server's explanation, for people. */
  readonly message?: string;
  /** The machine-readable reason, for example `NonZeroExitCode`. */
  readonly reason?: string;
  /** What it is about. */
  readonly details?: StatusDetails;
  /** The HTTP status code that the server suggests. */
  readonly code?: number;
}

/** What a {@linkcode Status} is about. */
export interface StatusDetails {
  /** The name of the object. */
  readonly name?: string;
  /** Its API group. */
  readonly group?: string;
  /** Its kind, or its resource. */
  readonly kind?: string;
  /** Its UID. */
  readonly uid?: string;
  /** Why, in detail. */
  readonly causes?: readonly StatusCause[];
  /** When to try again, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** One cause of a failure; an exit code is the cause `ExitCode`. */
export interface StatusCause {
  /** The machine-readable cause, for example `ExitCode`. */
  readonly reason?: string;
  /** The cause for people; of an `ExitCode`, the number. */
  readonly message?: string;
  /** The field at fault. */
  readonly field?: string;
}

/**
 * Why an API server refuses, in its own words (`metav1.StatusReason`); others
 * than these may come.
 */
export type StatusReason =
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "AlreadyExists"
  | "Conflict"
  | "Gone"
  | "Expired"
  | "Invalid"
  | "BadRequest"
  | "MethodNotAllowed"
  | "NotAcceptable"
  | "RequestEntityTooLarge"
  | "UnsupportedMediaType"
  | "TooManyRequests"
  | "Timeout"
  | "ServerTimeout"
  | "ServiceUnavailable"
  | "InternalError"
  | "Unknown"
  | (string & Record<never, never>);
