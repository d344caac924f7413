import { type Bytes, encodeText } from "../../bytes.ts";
import { entriesOf } from "../../http/head.ts";
import type {
  HttpRequest,
  HttpResponse,
  RequestHeaders,
  TransportTarget,
} from "../../transport/transport.ts";
import type {
  ApiRequest,
  BodyResponse,
  ChunkedResponse,
} from "../api_server/exchange.ts";

/** A transport's request as the API server takes it. */
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

/** The API server's answer as a transport gives it. */
export function toHttpResponse(
  answer: BodyResponse | ChunkedResponse,
  signal: AbortSignal,
): HttpResponse {
  const { contentType } = answer;
  return {
    status: answer.kind === "body" ? answer.status : 200,
    headers: new Headers(
      contentType === null ? [] : [["content-type", contentType]],
    ),
    body: answer.kind === "body"
      ? streamOf(oneChunk(answer.body), signal, () => {})
      : streamOfChunks(answer, signal),
  };
}

function streamOfChunks(
  answer: ChunkedResponse,
  signal: AbortSignal,
): ReadableStream<Bytes> {
  const gone = new AbortController();
  const chunks = answer.chunks(gone.signal)[Symbol.asyncIterator]();
  return streamOf(chunks, signal, () => gone.abort());
}

async function* oneChunk(text: string): AsyncGenerator<string> {
  if (text !== "") yield text;
}

function streamOf(
  chunks: AsyncIterator<string>,
  signal: AbortSignal,
  leave: () => void,
): ReadableStream<Bytes> {
  let abort = (): void => {};
  const finish = (): void => {
    signal.removeEventListener("abort", abort);
    leave();
    // It may stand at a chunk that nobody asked it to go on from.
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
      if (!done) return controller.enqueue(encodeText(value));
      finish();
      controller.close();
    },
    cancel: finish,
  }, { highWaterMark: 0 });
}
