import type { Bytes } from "../../bytes.ts";
import { ProtocolError } from "../../errors.ts";
import { isToken } from "../../http/header_fields.ts";
import type { HeadedResponse } from "../../transport/http_exchange.ts";
import type { PortFetchInit } from "./fetch_options.ts";

/** A request, its body known or a stream. */
export interface PortRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes | null;
  readonly stream: ReadableStream<unknown> | null;
  /** Whether a redirect is an error. */
  readonly refusesRedirects: boolean;
}

/**
 * The URL and the parts of what is given as a standard `fetch` takes it: the
 * options' parts count before those of a `Request`.
 *
 * @throws {TypeError} If the body of a `Request` was read before.
 */
export async function partsOf(
  input: string | URL | Request,
  init: PortFetchInit,
): Promise<{ readonly url: string | URL; readonly init: PortFetchInit }> {
  if (!(input instanceof Request)) return { url: input, init };
  if (input.bodyUsed) throw problem("the Request's body was read before");
  const { url, method, headers, signal, redirect } = input;
  const hasBody = method !== "GET" && method !== "HEAD";
  // Not every browser has the body of a Request as a stream.
  const body = input.body === undefined && hasBody
    ? await input.arrayBuffer()
    : input.body;
  const given = Object.entries(init).filter(([, it]) => it !== undefined);
  const parts = { method, headers, body, signal, redirect };
  return { url, init: { ...parts, ...Object.fromEntries(given) } };
}

/**
 * Fields that belong to the connection (RFC 9110, 7.6.1), or to how a body is
 * sent. They are often among those of a request that is passed on.
 */
const OWN_FIELDS: readonly string[] = [
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * Checks and encodes a request. Unlike the platform's `Request`, in a page too,
 * it keeps fields such as `Cookie` and `Origin`: it is no request of the page.
 *
 * @throws {TypeError} If a part is invalid. No message shows a header's value.
 */
export async function requestOf(
  url: URL,
  init: PortFetchInit,
): Promise<PortRequest> {
  const method = methodOf(init.method);
  const fields = fieldsOf(init.headers);
  const given = init.body ?? null;
  if (given !== null && (method === "GET" || method === "HEAD")) {
    throw problem(`${method} has no body`);
  }
  if (init.integrity) throw problem("it does not check the integrity");
  const stream = given instanceof ReadableStream ? given : null;
  if (stream?.locked) throw problem("the body's stream is locked");
  for (const name of OWN_FIELDS) fields.delete(name);
  if (!fields.has("accept")) fields.set("accept", "*/*");
  const known = stream === null && given !== null ? knownBody(given) : null;
  // Bun (1.4) knows no type of a text.
  const type = known?.headers.get("content-type") ??
    (typeof given === "string" ? "text/plain;charset=UTF-8" : null);
  if (type && !fields.has("content-type")) fields.set("content-type", type);
  return {
    method,
    url,
    headers: {
      ...Object.fromEntries(fields),
      connection: "close",
      ...(stream === null ? {} : { "transfer-encoding": "chunked" }),
      // A server may wait for it (RFC 9110, 8.6).
      ...(isEmptyUpload(method, given) ? { "content-length": "0" } : {}),
    },
    body: known && new Uint8Array(await known.arrayBuffer()),
    stream,
    refusesRedirects: init.redirect === "error",
  };
}

/** Tells the source of a body that nobody has read it, and why. */
export function dropBody({ stream }: PortRequest, reason: unknown): void {
  if (stream !== null && !stream.locked) stream.cancel(reason).catch(() => {});
}

/** Methods that a standard `fetch` writes in upper case, and that it refuses. */
const STANDARD = /^(DELETE|GET|HEAD|OPTIONS|POST|PUT)$/i;
const REFUSED = /^(CONNECT|TRACE|TRACK)$/i;

function methodOf(given: unknown = "GET"): string {
  const method = String(given);
  if (!isToken(method)) throw problem("the method is not valid");
  if (REFUSED.test(method)) throw problem(`${method} is not supported`);
  return STANDARD.test(method) ? method.toUpperCase() : method;
}

function fieldsOf(given: HeadersInit | null | undefined): Headers {
  try {
    return new Headers(given ?? undefined);
  } catch {
    // Bun (1.4) shows the value.
    throw problem("the name or the value of a header is not valid");
  }
}

/** The body as a `Response`, which knows its type and reads it. */
function knownBody(given: unknown): Response {
  const isBody = typeof given === "string" || ArrayBuffer.isView(given) ||
    [ArrayBuffer, Blob, FormData, URLSearchParams]
      .some((type) => given instanceof type);
  if (isBody) return new Response(given as BodyInit);
  throw problem(
    "the body is neither text, bytes, a Blob, a form nor a ReadableStream",
  );
}

function isEmptyUpload(method: string, body: unknown): boolean {
  return body === null && /^(POST|PUT|PATCH)$/.test(method);
}

/** Statuses whose responses have no body (Fetch standard, 2.2.3). */
const NULL_BODY: readonly number[] = [204, 205, 304];

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * A response as the platform's.
 *
 * @throws {ProtocolError} If it has a status that a `Response` cannot have.
 * @throws {TypeError} If it is a redirect, and the request refuses those.
 */
export async function responseOf(
  { method, refusesRedirects }: PortRequest,
  { status, statusText, headers, body }: HeadedResponse,
): Promise<Response> {
  if (status < 200 || status > 599) {
    throw new ProtocolError(
      `Cannot read the response: it has the status ${status}`,
    );
  }
  if (refusesRedirects && REDIRECTS.includes(status)) {
    throw problem(`the server redirects, with the status ${status}`);
  }
  const init = { status, statusText, headers };
  if (method !== "HEAD" && !NULL_BODY.includes(status)) {
    return new Response(body, init);
  }
  await body.cancel();
  return new Response(null, init);
}

function problem(state: string): TypeError {
  return new TypeError(`Cannot fetch from a pod: ${state}`);
}
