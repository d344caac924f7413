import type { Bytes } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import { connectError } from "../../transport/connect_error.ts";
import { withoutQuery } from "./web_handshake.ts";
import type {
  HttpRequest,
  HttpResponse,
  RequestHeaders,
} from "../../transport/transport.ts";

/** Sends a request with a standard `fetch`. */
export async function webRequest(
  request: HttpRequest,
  fetch: typeof globalThis.fetch,
): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  signal.throwIfAborted();
  const fields = singleFields(headers);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: fields,
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
