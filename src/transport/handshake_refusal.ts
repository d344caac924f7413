import { decodeText, encodeText } from "../bytes.ts";
import { parseStatus } from "../channel/status_frame.ts";
import { HandshakeError } from "../errors.ts";
import type { ResponseHead } from "../http/head.ts";
import { bodyText } from "../http/body_text.ts";
import { retryAfterOf } from "../http/retry_after.ts";
import { hideCredentials, stripEscapes } from "../redact.ts";
import { upgradeHint } from "../request/upgrade_hint.ts";
import type { Status } from "../status.ts";
import { readPrefix } from "./read_body.ts";
import type { RequestHeaders } from "./transport.ts";

/**
 * The error for a response to an upgrade that is not 101.
 *
 * @param sent The headers of the request, whose credentials are never quoted.
 */
export async function handshakeError(
  head: ResponseHead,
  path: string,
  body: ReadableStream<Uint8Array>,
  sent: RequestHeaders,
): Promise<HandshakeError> {
  const excerpt = decodeText(await readPrefix(body));
  const text = hideCredentials(excerpt, sent);
  const apiStatus = statusOf(text);
  const { status } = head;
  const words = apiStatus?.message ??
    bodyText(text, head.headers).split("\n")[0]!;
  const answer = hideCredentials(`${status} ${head.statusText}`.trim(), sent);
  // It may quote a redirect's target.
  const given = upgradeHint(status, text, path, head.headers);
  const hint = given === null ? null : hideCredentials(given, sent);
  const quoted = stripEscapes(`${answer}${words && `: ${words}`}`).trimEnd();
  return new HandshakeError(
    `Cannot upgrade ${path} to a WebSocket: the server answered ${quoted}` +
      `${hint === null ? "" : ` (${hint})`}`,
    {
      httpStatus: status,
      body: text,
      apiStatus,
      hint,
      retryAfter: retryAfterOf(head.headers, apiStatus),
    },
  );
}

/** A Status has a kind or a status; a proxy's JSON error page has neither. */
function statusOf(text: string): Status | null {
  const status = parseStatus(encodeText(text));
  return status?.kind === "Status" || status?.status ? status : null;
}
