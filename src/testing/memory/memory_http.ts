import { type Bytes, toBytes } from "../../bytes.ts";
import { entriesOf } from "../../http/header_fields.ts";
import type {
  HttpRequest,
  HttpResponse,
  RequestHeaders,
  TransportTarget,
} from "../../transport/transport.ts";
import {
  type ApiRequest,
  type BodyResponse,
  type ChunkedResponse,
  warningHeaders,
} from "../api_server/api_request.ts";

/** Converts a transport's request to one of the API server. */
export function toApiRequest(
  target: TransportTarget & Partial<Pick<HttpRequest, "method" | "body">>,
  headers: Readonly<Record<string, string>> = {},
): ApiRequest {
  return {
    method: target.method ?? "GET",
    url: target.url,
    headers: headersOf({ ...target.headers, ...headers }),
    body: target.body ?? new Uint8Array(),
    clientCertificate: null,
  };
}

function headersOf(fields: RequestHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of entriesOf(fields)) headers.append(name, value);
  return headers;
}

/** Converts the API server's response to one of a transport. */
export function toHttpResponse(
  response: BodyResponse | ChunkedResponse,
  signal: AbortSignal,
): HttpResponse {
  const { contentType } = response;
  return {
    status: response.kind === "body" ? response.status : 200,
    headers: new Headers([
      ...(contentType === null ? [] : [["content-type", contentType]]),
      ...(response.kind === "body" ? warningHeaders(response) : [])
        .map((value) => ["warning", value]),
      ...(response.kind === "body"
        ? Object.entries(response.headers ?? {})
        : []),
    ] as [string, string][]),
    body: response.kind === "body"
      ? streamOf(oneChunk(response.body), signal, () => {})
      : streamOfChunks(response, signal),
  };
}

function streamOfChunks(
  response: ChunkedResponse,
  signal: AbortSignal,
): ReadableStream<Bytes> {
  const gone = new AbortController();
  const chunks = response.chunks(gone.signal)[Symbol.asyncIterator]();
  return streamOf(chunks, signal, () => gone.abort());
}

async function* oneChunk(
  body: string | Bytes,
): AsyncGenerator<string | Bytes> {
  if (body.length > 0) yield body;
}

function streamOf(
  chunks: AsyncIterator<string | Bytes>,
  signal: AbortSignal,
  onEnd: () => void,
): ReadableStream<Bytes> {
  let abort = (): void => {};
  const finish = (): void => {
    signal.removeEventListener("abort", abort);
    onEnd();
    // Resumes a generator that is suspended at a yield.
    chunks.return?.();
  };
  return new ReadableStream<Bytes>({
    start(controller) {
      abort = () => {
        controller.error(signal.reason);
        finish();
      };
      signal.addEventListener("abort", abort);
    },
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (signal.aborted) return;
      if (!done) return controller.enqueue(toBytes(value));
      finish();
      controller.close();
    },
    cancel: finish,
  }, { highWaterMark: 0 });
}
