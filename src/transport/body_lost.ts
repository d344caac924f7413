import { ConnectionLostError } from "../errors.ts";

/** The error for a body that broke off before its end. */
export function bodyLost(cause: unknown): ConnectionLostError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionLostError(
    `Cannot read the response's body: the connection broke (${reason})`,
    { code: 1006, reason, cause },
  );
}
