import { decodeText } from "../bytes.ts";
import { parseStatus } from "../channel/status_frame.ts";
import { ApiError } from "../errors.ts";
import type { Status } from "../status.ts";
import type { HttpResponse } from "../transport/transport.ts";
import { readUpTo } from "./response_body.ts";
import { reasonOf } from "./status_reason.ts";

/** How much of a refusal is read, in bytes. */
const MOST = 64 * 1024;
/** How much of a plain-text refusal goes into the message, in characters. */
const EXCERPT = 300;

/**
 * What a verb is about to do, for the messages of its errors: "Cannot
 * {action}: ...". Verb and resource are what RBAC rules name.
 */
export interface Intent {
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
  intent: Intent,
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
    { code, reason: given || reasonOf(code, intent.verb), apiStatus },
  );
}

function saying(status: Status | null, body: string): string {
  const text = status ? status.message ?? "" : body.trim();
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}...` : text;
}

function needed(code: number, { verb, resource }: Intent): string {
  if (code !== 403 || !verb || !resource) return "";
  return ` (needs the right to ${verb} ${resource})`;
}
