import type { ResponseHead } from "./head.ts";

/**
 * Whether the server keeps the connection after this response (RFC 9112, 9.3).
 * After 101 it speaks another protocol, and a client of HTTP/1.0 could not tell
 * what a proxy makes of its `Keep-Alive`.
 */
export function keepsConnection(head: ResponseHead): boolean {
  const { status, version, headers } = head;
  return status !== 101 && version === "1.1" &&
    !hasToken(headers.get("connection"), "close");
}

/**
 * How long the server keeps an idle connection, by `Keep-Alive: timeout=5`.
 *
 * @returns Milliseconds; Infinity if the server does not say.
 */
export function keepAliveTimeout(headers: Headers): number {
  const field = headers.get("keep-alive") ?? "";
  const seconds = /(?:^|[\s,])timeout\s*=\s*"?(\d+)/i.exec(field)?.[1];
  return seconds === undefined ? Infinity : Number(seconds) * 1000;
}

const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/**
 * Whether a request may be sent again when nobody knows if the server has acted
 * on it. PUT and DELETE are idempotent too (RFC 9110, 9.2.2), but the response to
 * the second one differs: a conflict, or "not found". As in Go's net/http.
 */
export function isRepeatable(method: string): boolean {
  return REPEATABLE.has(method);
}

/** Whether a header that is a list of tokens has `token`, given in lower case. */
export function hasToken(field: string | null, token: string): boolean {
  return field !== null &&
    field.split(",").some((item) => item.trim().toLowerCase() === token);
}
