import { decodeText, encodeText } from "../bytes.ts";
import { parseStatus } from "../channel/status_frame.ts";
import { setMessage } from "../call_site.ts";
import {
  ApiError,
  ConnectError,
  HandshakeError,
  ProtocolError,
} from "../errors.ts";
import { bodyText } from "../http/body_text.ts";
import { retryAfterOf } from "../http/retry_after.ts";
import type { StatusReason } from "../status.ts";
import { refusalHint } from "../request/refusal_hint.ts";
import { hideCredentials, stripEscapes } from "../redact.ts";
import type { HttpResponse, RequestHeaders } from "../transport/transport.ts";
import { readPrefix } from "../transport/read_body.ts";

/** What a request does, for error messages: "Cannot {action}: ...". */
export interface RequestDescription {
  /** The verb and its object, for example `get pods "web-0"`. */
  readonly action: string;
  /** The verb of RBAC rules, for example `get`. */
  readonly verb?: string;
  /** The resource of RBAC rules, for example `pods`, or `deployments.apps`. */
  readonly resource?: string;
}

/**
 * The error for a response that is not 2xx.
 *
 * @param sent The headers of the request, whose credentials are never quoted.
 */
export async function toApiError(
  response: HttpResponse,
  { action, verb, resource }: RequestDescription,
  sent: RequestHeaders = {},
): Promise<ApiError> {
  const { status: httpStatus, headers } = response;
  const excerpt = decodeText(await readPrefix(response.body));
  const body = hideCredentials(excerpt, sent);
  const parsed = parseStatus(encodeText(body));
  const apiStatus = parsed?.kind === "Status" ? parsed : null;
  const given = apiStatus?.reason ?? "";
  const reason = given || defaultReason(httpStatus, verb);
  const text = apiStatus ? apiStatus.message ?? "" : bodyText(body, headers);
  const retryAfter = retryAfterOf(headers, apiStatus);
  const right = verb && resource
    ? `needs the right to ${verb} ${resource}`
    : "";
  const delay = retryAfter === null
    ? ""
    : `try again in ${Math.ceil(retryAfter / 1000)} s`;
  // A redirect's target may repeat the credentials.
  const hint = hideCredentials(
    refusalHint(httpStatus, text, headers) ??
      (httpStatus === 403 ? right : delay),
    sent,
  );
  const answer = httpStatus === 0 ? "a redirect" : httpStatus;
  const words = `${answer}${given && ` ${given}`}${text && `: ${text}`}`;
  return new ApiError(
    `Cannot ${action}: ${stripEscapes(words).trimEnd()}${hint && ` (${hint})`}`,
    {
      httpStatus,
      reason,
      apiStatus,
      retryAfter,
    },
  );
}

const REASONS: Readonly<Record<number, StatusReason>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  408: "Timeout",
  409: "Conflict",
  410: "Gone",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/**
 * The reason for an HTTP status code without a `Status`, as in client-go
 * (`NewGenericServerResponse`); 408 is a timeout too.
 *
 * @param verb The verb of RBAC rules: a conflict of `create` is `AlreadyExists`.
 */
export function defaultReason(
  code: number,
  verb: string | undefined,
): StatusReason {
  if (code === 409 && verb === "create") return "AlreadyExists";
  return REASONS[code] ?? (code >= 500 ? "InternalError" : "Unknown");
}

/**
 * Puts the action in front of a transport's message, which knows the connection
 * only, and the hint behind it: not every runtime prints an error's properties.
 */
export function describeFailure(error: unknown, action: string): void {
  if (
    !(error instanceof HandshakeError || error instanceof ConnectError ||
      error instanceof ProtocolError)
  ) return;
  const { message } = error;
  if (message.startsWith(`Cannot ${action}: `)) return;
  const hint = error instanceof HandshakeError ? error.hint : null;
  const tail = hint === null || message.includes(hint) ? "" : ` (${hint})`;
  const state = message.replace(/^Cannot /, "cannot ");
  setMessage(error, `Cannot ${action}: ${state}${tail}`);
}
