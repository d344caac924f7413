import type { Bytes } from "../../bytes.ts";
import { ConfigurationError, ConnectError } from "../../errors.ts";
import { isRepeatable } from "../../http/persistence.ts";
import { connectError } from "../../transport/connect_error.ts";
import { withoutQuery } from "./web_handshake.ts";
import type {
  HttpRequest,
  HttpResponse,
  RequestHeaders,
} from "../../transport/transport.ts";

/**
 * The responses of the bodies that are in use. Once a `Response` is collected,
 * Deno (2.5 to 2.9) no longer ends its body when the signal aborts.
 */
const responses = new WeakMap<ReadableStream, Response>();

/**
 * Sends a request with a standard `fetch`, and once more if its connection ends
 * without a response and it may be repeated: see {@linkcode isRepeatable}. The
 * connection may have been a kept one that the server has just closed, which
 * browsers replace, but not every runtime: not Node, nor Deno with TLS.
 */
export async function webRequest(
  request: HttpRequest,
  fetch: typeof globalThis.fetch,
): Promise<HttpResponse> {
  try {
    return await sendOnce(request, fetch);
  } catch (error) {
    const lost = error instanceof ConnectError && error.code === "ECONNRESET";
    if (!lost || !isRepeatable(request.method)) throw error;
  }
  return await sendOnce(request, fetch);
}

async function sendOnce(
  request: HttpRequest,
  fetch: typeof globalThis.fetch,
): Promise<HttpResponse> {
  const { method, url, headers, signal } = request;
  signal.throwIfAborted();
  const fields = singleFields(headers);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: fields,
      body: request.body as BodyInit | null,
      signal,
      redirect: "manual",
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw connectError(withoutQuery(error, url), url.host);
  }
  const body = (response.body ?? emptyBody()) as ReadableStream<Bytes>;
  responses.set(body, response);
  return { status: response.status, headers: response.headers, body };
}

/** `fetch` may join the values of a header with commas. */
function singleFields(headers: RequestHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = typeof value === "string" ? [value] : value;
    if (values.length < 2) {
      return values.map((it): [string, string] => [name, it]);
    }
    throw new ConfigurationError(
      `Cannot send the header "${name}" with ${values.length} values: ` +
        "the web transport can send only one",
    );
  });
}

function emptyBody(): ReadableStream<Bytes> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
