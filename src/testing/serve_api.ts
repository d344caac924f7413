import { gzipSync } from "node:zlib";
import { toBytes } from "../bytes.ts";
import type { ApiServer } from "./api_server/api_server.ts";
import {
  type BodyResponse,
  type ChunkedResponse,
  type UpgradeResponse,
  warningHeaders,
} from "./api_server/api_request.ts";
import { sleepUpTo } from "./sleep_up_to.ts";
import type {
  ServerExchange,
  ServerRequest,
} from "./server/server_exchange.ts";

/** Serves an HTTP request with the API server's response. */
export async function serveApi(
  exchange: ServerExchange,
  api: ApiServer,
  pathPrefix: string,
): Promise<void> {
  const request = withoutPrefix(exchange.request, pathPrefix);
  if (request === null) {
    return exchange.respond(404, TEXT, "404 page not found\n");
  }
  const response = api.handle(request);
  if (response.kind === "body") sendBody(exchange, response);
  else if (response.kind === "chunks") await sendChunks(exchange, response);
  else await upgrade(exchange, response);
}

const TEXT = { "content-type": "text/plain; charset=utf-8" };

function withoutPrefix(
  request: ServerRequest,
  prefix: string,
): ServerRequest | null {
  if (prefix === "") return request;
  if (!request.url.pathname.startsWith(prefix + "/")) return null;
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(prefix.length);
  return { ...request, url };
}

/** Longer bodies are compressed, as by the API server, in bytes. */
const GZIP_THRESHOLD = 128 * 1024;

function sendBody(
  exchange: ServerExchange,
  response: BodyResponse,
): void {
  const { status, contentType, headers, body } = response;
  const warning = warningHeaders(response);
  const bytes = toBytes(body);
  const coded = bytes.byteLength > GZIP_THRESHOLD &&
    acceptsGzip(exchange.request.headers);
  exchange.respond(status, {
    ...(contentType === null ? {} : { "content-type": contentType }),
    ...(warning.length === 0 ? {} : { warning }),
    ...(coded ? { "content-encoding": "gzip", vary: "Accept-Encoding" } : {}),
    ...headers,
  }, coded ? gzipSync(bytes, { level: 1 }) : bytes);
}

/** The API server does not heed the weights of codings. */
function acceptsGzip(headers: Headers): boolean {
  return (headers.get("accept-encoding") ?? "").split(",")
    .some((coding) => coding.split(";")[0]!.trim() === "gzip");
}

async function sendChunks(
  exchange: ServerExchange,
  { contentType, chunks }: ChunkedResponse,
): Promise<void> {
  const body = exchange.stream(200, { "content-type": contentType });
  for await (const chunk of chunks(closedSignal(exchange))) {
    if (!body.write(chunk)) await body.drained();
  }
  body.end();
}

async function upgrade(
  exchange: ServerExchange,
  { protocol, delay, serve }: UpgradeResponse,
): Promise<void> {
  const closed = closedSignal(exchange);
  if (delay > 0) await sleepUpTo(delay, closed);
  if (!closed.aborted) serve(await exchange.upgrade({ protocol }));
}

function closedSignal({ closed }: ServerExchange): AbortSignal {
  const controller = new AbortController();
  closed.then(() => controller.abort());
  return controller.signal;
}
