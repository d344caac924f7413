import { encodeText } from "../../bytes.ts";
import { parseStatus } from "../../channel/status_frame.ts";
import { reasonOf } from "../../client/api_error.ts";
import {
  ApiError,
  CallTimeoutError,
  ConnectError,
  type ConnectErrorCode,
  ConnectionLostError,
} from "../../errors.ts";

/** The answers of a server that may be better off a moment later. */
const PASSING = [429, 500, 502, 503, 504];

/** The failures to connect that no waiting mends. */
const LASTING: readonly ConnectErrorCode[] = [
  "CERT_UNTRUSTED",
  "CERT_EXPIRED",
  "CERT_NAME",
  "PROXY_AUTH",
];

/** Whether trying again may help. */
export function isPassing(error: unknown): error is Error {
  if (error instanceof ConnectionLostError) return true;
  if (error instanceof CallTimeoutError) return true;
  if (error instanceof ConnectError) return !LASTING.includes(error.code);
  return error instanceof ApiError && PASSING.includes(error.httpStatus);
}

/** Whether the version to start from is so old that the server has let go of it. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError &&
    (error.httpStatus === 410 || ["Expired", "Gone"].includes(error.reason));
}

/** Milliseconds that the server asks to wait; 0 when it does not. */
export function retryAfter(error: unknown): number {
  if (!(error instanceof ApiError)) return 0;
  return (error.apiStatus?.details?.retryAfterSeconds ?? 0) * 1000;
}

/** The error for a Status that came in a watch instead of an object. */
export function statusError(action: string, object: unknown): ApiError {
  const apiStatus = parseStatus(encodeText(JSON.stringify(object ?? null)));
  const { code = 500, message = "" } = apiStatus ?? {};
  const reason = apiStatus?.reason ?? reasonOf(code, "watch");
  return new ApiError(
    `Cannot ${action}: ${code} ${reason}${message && `: ${message}`}`,
    { httpStatus: code, reason, apiStatus },
  );
}
