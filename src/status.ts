/**
 * The Kubernetes `Status` object (`k8s.io/apimachinery` `metav1.Status`), as
 * API servers answer with it and as the status channel of an exec carries it.
 * Every field may be absent: real servers leave out what they do not know.
 */
export interface Status {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** `"Success"` or `"Failure"`. */
  readonly status?: string;
  /** The server's explanation, for people. */
  readonly message?: string;
  /** The machine-readable reason, for example `NonZeroExitCode`. */
  readonly reason?: string;
  readonly details?: StatusDetails;
  /** The HTTP status code that the server suggests. */
  readonly code?: number;
}

/** What a {@linkcode Status} is about. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** One cause of a failure; an exit code is the cause `ExitCode`. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}
