import {
  ConfigurationError,
  type PodwireError,
  ProtocolError,
} from "../../errors.ts";
import {
  connectError,
  connectErrorCode,
  lostReason,
  messagesOf,
} from "../../transport/connect_error.ts";
import { bodyLost } from "../../transport/read_body.ts";
import { CLOSE_CODE } from "../../websocket/close_frame.ts";
import type { CloseInfo } from "../../transport/transport.ts";

/** How many nested causes to copy. */
const MAX_DEPTH = 5;

/**
 * Copies a platform's error without the URL's query, which holds the command.
 * `fetch` and `WebSocket` put the URL into messages, causes and properties; of
 * the properties only name and code are kept.
 */
export function withoutQuery(error: unknown, url: URL): unknown {
  return copyOf(error, (text) => hideQuery(text, url), MAX_DEPTH);
}

function copyOf(
  error: unknown,
  clean: (text: string) => string,
  depth: number,
): unknown {
  if (typeof error === "string") return clean(error);
  if (!(error instanceof Error) || depth === 0) return undefined;
  const inner = (cause: unknown): unknown => copyOf(cause, clean, depth - 1);
  const message = clean(error.message);
  const copy = error instanceof AggregateError
    ? new AggregateError(error.errors.map(inner), message)
    : new Error(message);
  const { name, cause } = error;
  const { code } = error as { code?: unknown };
  Object.defineProperty(copy, "name", { value: name, configurable: true });
  if (typeof code === "string") Object.assign(copy, { code });
  if (cause !== undefined) copy.cause = inner(cause);
  return copy;
}

function hideQuery(text: string, { search }: URL): string {
  return search === "" ? text : text.replaceAll(search, "");
}

/**
 * A response that is not valid HTTP, in the words of Node's `fetch`, of hyper in
 * Deno and of Bun.
 */
const NOT_HTTP =
  /HPE_|match the HTTP\/1\.1 protocol|UND_ERR_RES_CONTENT|bad (response|upgrade)|invalid (HTTP|content-length)|unexpected (transfer-encoding|message)|Malformed_HTTP|InvalidContentLength|InvalidHTTPResponse|UnrequestedUpgrade/;

const LONG_HEAD = /head is too large|UND_ERR_HEADERS_OVERFLOW/;

const BAD_GZIP = /ZlibError|Z_(DATA|BUF)_ERROR/;

/** What Deno says of a body, and of nothing else in a body. */
const DENO_GZIP = /unexpected end of file|(corrupt|invalid) (deflate|gzip)/i;

/** The ports that the Fetch standard forbids, such as 6000. */
const BLOCKED_PORT = /bad port|Requests to port \d+ are blocked/;

/** All that Chromium, Safari and Firefox say. */
const PAGE_FAILURE = /Failed to fetch|Load failed|NetworkError when/;

const PAGE_HINT =
  "a page cannot see why: perhaps the server does not allow its origin (CORS), or its certificate is not trusted";

/** The error of a `fetch` that failed before its response. */
export function requestError(error: unknown, url: URL): PodwireError {
  const cause = withoutQuery(error, url);
  const messages = messagesOf(cause);
  if (BLOCKED_PORT.test(messages)) {
    return new ConfigurationError(
      `Cannot connect to ${url.host}: fetch allows no requests to this port`,
      { cause },
    );
  }
  const fault = BAD_GZIP.test(messages)
    ? "HTTP body: its gzip coding is broken"
    : LONG_HEAD.test(messages)
    ? "HTTP head: it is too long"
    : NOT_HTTP.test(messages)
    ? "response: it is not valid HTTP"
    : null;
  const hint = PAGE_FAILURE.test(messages) ? PAGE_HINT : null;
  return fault === null
    ? connectError(cause, url.host, hint)
    : new ProtocolError(`Cannot read the ${fault}`, { cause });
}

/** The error of a response's body. */
export function bodyError(error: unknown, url: URL): Error {
  const cause = withoutQuery(error, url);
  const messages = messagesOf(cause);
  const coding = BAD_GZIP.test(messages) || DENO_GZIP.test(messages)
    ? "gzip"
    : NOT_HTTP.test(messages)
    ? "chunked"
    : null;
  return coding === null ? bodyLost(cause) : new ProtocolError(
    `Cannot read the HTTP body: its ${coding} coding is broken`,
    { cause },
  );
}

/** What Deno and Bun say of an end without a Close frame. */
const ENDED = /^(unexpected eof|connection ended)$/i;

/** What they, and Node 22, say of frames that break the protocol. */
const BAD_FRAME =
  /invalid|protocol|mask|reserved|fragment|continuation|opcode|frame|payload|UTF-?8|RSV1/i;

/** Bun quotes the URL, whose query holds the command. */
const QUOTED_URL = /^WebSocket connection to .* failed: |\?[^\s'"]*/g;

/**
 * How an open WebSocket ended without a Close frame.
 *
 * @param text The platform's words.
 */
export function abnormalClose(text: string): CloseInfo {
  const code = CLOSE_CODE.abnormal;
  const words = text.replace(QUOTED_URL, "");
  if (words === "" || ENDED.test(words)) {
    return { code, reason: "the connection ended without a Close frame" };
  }
  const cause = new Error(words);
  const isKnown = connectErrorCode(cause) !== "UNKNOWN";
  if (isKnown || !BAD_FRAME.test(words)) {
    return { code, reason: lostReason(cause) };
  }
  const error = new ProtocolError(
    `Cannot read the WebSocket's frames: ${words}`,
  );
  return { code, reason: error.message, error };
}
