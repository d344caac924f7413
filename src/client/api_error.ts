import { decodeText } from "../bytes.ts";
import { parseStatus } from "../channel/status_frame.ts";
import { ApiError } from "../errors.ts";
import type { Status, StatusReason } from "../status.ts";
import type { HttpResponse } from "../transport/transport.ts";
import { readUpTo } from "./response_body.ts";

/** How much of a refusal is read, in bytes. */
const MOST = 64 * 1024;
/** How much of a plain-text refusal goes into the message, in characters. */
const EXCERPT = 300;

/**
 * What a verb is about to do, for the messages of its errors: "Cannot
 * {action}: ...". Verb and resource are what RBAC rules name.
 */
export interface RequestDescription {
  /** What is done and to what, for example `get pods "web-0"`. */
  readonly action: string;
  /** For example `get`. */
  readonly verb?: string;
  /** For example `pods`, or `deployments.apps`. */
  readonly resource?: string;
}

/** The error for an answer that is not 2xx, with what can be read of its body. */
export async function apiErrorOf(
  response: HttpResponse,
  intent: RequestDescription,
): Promise<ApiError> {
  const body = await readUpTo(response.body, MOST)
    .catch(() => new Uint8Array());
  const parsed = parseStatus(body);
  const apiStatus = parsed?.kind === "Status" ? parsed : null;
  const code = response.status;
  const given = apiStatus?.reason ?? "";
  const said = saying(apiStatus, decodeText(body));
  return new ApiError(
    `Cannot ${intent.action}: ${code}${given && ` ${given}`}` +
      `${said && `: ${said}`}${needed(code, intent)}`,
    {
      httpStatus: code,
      reason: given || reasonOf(code, intent.verb),
      apiStatus,
    },
  );
}

function saying(status: Status | null, body: string): string {
  const text = status ? status.message ?? "" : body.trim();
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}...` : text;
}

function needed(code: number, { verb, resource }: RequestDescription): string {
  if (code !== 403 || !verb || !resource) return "";
  return ` (needs the right to ${verb} ${resource})`;
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
 * The reason that an HTTP status stands for where no `Status` says it: as in
 * client-go (`NewGenericServerResponse`), and 408 is a timeout too.
 *
 * @param verb As RBAC rules call it: what is to be created conflicts by its name.
 */
export function reasonOf(code: number, verb: string | undefined): StatusReason {
  if (code === 409 && verb === "create") return "AlreadyExists";
  return REASONS[code] ?? (code >= 500 ? "InternalError" : "Unknown");
}
