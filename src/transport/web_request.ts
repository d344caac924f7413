import type { Bytes } from "../bytes.ts";
import { connectError } from "./connect_error.ts";
import { withoutQuery } from "./without_query.ts";
import type { HttpRequest, HttpResponse } from "./transport.ts";

/** Sends a request with a standard `fetch`. */
export async function webRequest(
  request: HttpRequest,
  fetch: typeof globalThis.fetch,
): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  signal.throwIfAborted();
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { ...headers },
      body: body as BodyInit | null,
      signal,
      redirect: "manual",
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw connectError(withoutQuery(error, url), url.host);
  }
  return {
    status: response.status,
    headers: response.headers,
    body: (response.body ?? emptyBody()) as ReadableStream<Bytes>,
  };
}

function emptyBody(): ReadableStream<Bytes> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
