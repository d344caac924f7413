import type { Bytes } from "../../bytes.ts";
import { ConfigurationError, ConnectError } from "../../errors.ts";
import { checkField, checkMethod } from "../../http/header_fields.ts";
import { isRepeatable } from "../../http/persistence.ts";
import { sleep } from "../../timers.ts";
import { bodyError, requestError } from "./web_failure.ts";
import type {
  HttpRequest,
  HttpResponse,
  RequestHeaders,
} from "../../transport/transport.ts";

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
  // Whatever ended one kept connection may have ended them all, and the next must
  // not be taken: first the platform reads its sockets.
  await sleep(1, request.signal);
  return await sendOnce(request, fetch);
}

async function sendOnce(
  request: HttpRequest,
  fetch: typeof globalThis.fetch,
): Promise<HttpResponse> {
  const { method, url, headers, signal } = request;
  signal.throwIfAborted();
  checkMethod(method);
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
    throw requestError(error, url);
  }
  const { status, headers: received } = response;
  return { status, headers: received, body: bodyOf(response, url, signal) };
}

/**
 * The body of a response, whose errors are ours. It holds the response: once a
 * `Response` is collected, Deno (2.5 to 2.9) no longer ends its body when the
 * signal aborts.
 */
function bodyOf(
  response: Response,
  url: URL,
  signal: AbortSignal,
): ReadableStream<Bytes> {
  let reader: ReadableStreamDefaultReader<Bytes> | null = null;
  return new ReadableStream<Bytes>({
    start(controller) {
      if (response.body === null) controller.close();
    },
    async pull(controller) {
      try {
        reader ??= (response.body as ReadableStream<Bytes>).getReader();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        throw signal.aborted ? signal.reason : bodyError(error, url);
      }
    },
    cancel: (reason) => (reader ?? response.body!).cancel(reason),
  }, { highWaterMark: 0 });
}

/**
 * `fetch` may join the values of a header with commas, and quotes an invalid one
 * in its error.
 */
function singleFields(headers: RequestHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = typeof value === "string" ? [value] : value;
    for (const each of values) checkField(name, each);
    if (values.length < 2) {
      return values.map((it): [string, string] => [name, it]);
    }
    throw new ConfigurationError(
      `Cannot send the header "${name}" with ${values.length} values: ` +
        "the web transport can send only one",
    );
  });
}
