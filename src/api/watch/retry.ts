import { isCredentialsFailure } from "../../config/credentials.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  type ConnectErrorCode,
  ConnectionLostError,
} from "../../errors.ts";

/** The HTTP status codes of a server that may recover soon. */
const TRANSIENT_STATUS = [429, 500, 502, 503, 504];

/** The failures to connect that retrying cannot fix. */
const LASTING_CODES: readonly ConnectErrorCode[] = [
  "CERT_UNTRUSTED",
  "CERT_EXPIRED",
  "CERT_NAME",
  "PROXY_AUTH",
];

/**
 * Whether retrying may help, given that the server has been reached before. So
 * may credentials that cannot be obtained, for example while a plugin fails or
 * while a file is being replaced.
 */
export function isTransient(error: unknown): error is Error {
  if (error instanceof ConnectionLostError) return true;
  if (isCredentialsFailure(error)) return true;
  if (error instanceof CallTimeoutError) return true;
  if (error instanceof ConnectError) return !LASTING_CODES.includes(error.code);
  return error instanceof ApiError &&
    TRANSIENT_STATUS.includes(error.httpStatus);
}

/** The delay that the server asks for, in milliseconds; 0 if it does not. */
export function retryAfter(error: unknown): number {
  return error instanceof ApiError ? error.retryAfter ?? 0 : 0;
}
