/**
 * The Kubernetes `Status` object (`k8s.io/apimachinery` `metav1.Status`), as
 * sent in answers of API servers and on the status channel of an exec. Every
 * field is optional: servers differ in what they send.
 */
export interface Status {
  /** `"v1"`, if present. */
  readonly apiVersion?: string;
  /** `"Status"`, if present. */
  readonly kind?: string;
  /** List metadata; empty except in watches. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** `"Success"` or `"Failure"`. */
  readonly status?: string;
  /** The server's explanation, human-readable. */
  readonly message?: string;
  /** The machine-readable reason, for example `NonZeroExitCode`. */
  readonly reason?: string;
  /** Details about the object and the causes. */
  readonly details?: StatusDetails;
  /** The HTTP status code that the server suggests. */
  readonly code?: number;
}

/** Details of a {@linkcode Status}. */
export interface StatusDetails {
  /** The name of the object. */
  readonly name?: string;
  /** Its API group. */
  readonly group?: string;
  /** Its kind, or its resource. */
  readonly kind?: string;
  /** Its UID. */
  readonly uid?: string;
  /** The causes of the failure. */
  readonly causes?: readonly StatusCause[];
  /** Seconds to wait before the next attempt. */
  readonly retryAfterSeconds?: number;
}

/** One cause of a failure; an exit code is the cause `ExitCode`. */
export interface StatusCause {
  /** The machine-readable cause, for example `ExitCode`. */
  readonly reason?: string;
  /** The cause, human-readable; the number of an `ExitCode`. */
  readonly message?: string;
  /** The field at fault. */
  readonly field?: string;
}

/**
 * The reasons of API servers (`metav1.StatusReason`); servers may send others.
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
