import { encodeRequestHead } from "../http/head_encoder.ts";
import { responseFraming } from "../http/body.ts";
import { decodedHeaders, isGzip, takesGzip } from "../http/content_coding.ts";
import {
  isRepeatable,
  keepAliveTimeout,
  keepsConnection,
} from "../http/persistence.ts";
import { abortable } from "../abortable.ts";
import type { Bytes } from "../bytes.ts";
import type { PooledConnection } from "./connection_group.ts";
import type { ConnectionPool } from "./connection_pool.ts";
import type { DialTarget } from "./dial.ts";
import type { ByteDuplex } from "./duplex.ts";
import { canGunzip, gunzipBody } from "./gunzip_body.ts";
import { HeadReader } from "./head_reader.ts";
import { addressOf } from "./address.ts";
import { ResponseBody } from "./response_body.ts";
import type {
  HttpRequest,
  HttpResponse,
  TransportTarget,
} from "./transport.ts";

/** The socket to open for a request. */
export function dialTarget(target: TransportTarget): DialTarget {
  const { url, headers, tls, proxy, signal } = target;
  const secure = url.protocol === "https:";
  const userAgent = headers["user-agent"];
  return {
    ...addressOf(url),
    tls: secure ? tls : null,
    proxy,
    proxyTls: tls,
    ...(typeof userAgent === "string" ? { userAgent } : {}),
    signal,
  };
}

/**
 * Sends one request, on a kept connection if there is one. A kept connection that
 * ends before any byte of a response is replaced by a new one, once, if the
 * request may be repeated: see {@linkcode isRepeatable}.
 */
export async function sendRequest(
  pool: ConnectionPool,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { method, headers, signal } = request;
  signal.throwIfAborted();
  const target = dialTarget(request);
  const gzip = canGunzip() && takesGzip(method, headers);
  const head = requestHead(request, gzip);
  const send = (connection: PooledConnection, reader: HeadReader) =>
    exchange(connection, reader, head, request, gzip);
  const connection = await pool.acquire(target, headers);
  const reader = new HeadReader(connection.duplex, target);
  try {
    return await send(connection, reader);
  } catch (error) {
    const stale = connection.reused && reader.unanswered;
    if (signal.aborted || !stale || !isRepeatable(method)) throw error;
  }
  const fresh = await pool.acquire(target, headers, true);
  return await send(fresh, new HeadReader(fresh.duplex, target));
}

/**
 * Sends one request on a duplex that carries no other, and is destroyed after
 * the response. A body without a known length is the caller's to send, once this
 * has been called.
 *
 * @param onDrained Called when the duplex has room again.
 */
export async function exchangeOnce(
  duplex: ByteDuplex,
  request: HttpRequest,
  onDrained: () => void,
): Promise<HeadedResponse> {
  const gzip = canGunzip() && takesGzip(request.method, request.headers);
  const reader = new HeadReader(duplex, dialTarget(request), onDrained);
  const release = () => duplex.destroy();
  const connection = { duplex, reused: false, release };
  const head = requestHead(request, gzip);
  return await exchange(connection, reader, head, request, gzip);
}

function requestHead(
  { method, url, headers, body }: HttpRequest,
  gzip: boolean,
): Bytes {
  return encodeRequestHead(method, url.pathname + url.search, {
    host: url.host,
    ...(gzip ? { "accept-encoding": "gzip" } : {}),
    ...headers,
    ...(body ? { "content-length": `${body.byteLength}` } : {}),
  });
}

/** A response with all that its head says. */
export interface HeadedResponse extends HttpResponse {
  readonly statusText: string;
}

/** @param gzip Whether a body in gzip is decoded. */
async function exchange(
  connection: PooledConnection,
  reader: HeadReader,
  head: Bytes,
  { method, body, signal }: HttpRequest,
  gzip: boolean,
): Promise<HeadedResponse> {
  const { duplex } = connection;
  if (signal.aborted) {
    duplex.destroy();
    throw signal.reason;
  }
  // The duplex takes ownership of its chunks, but the body is the caller's, and
  // the head may be sent again.
  duplex.write(head.slice());
  if (body && body.byteLength > 0) duplex.write(body.slice());
  return await destroyOnFailure(
    reader.head.then((head) => {
      const framing = responseFraming(head, method);
      // A server that responds before it has read the request may not read on.
      const onComplete = duplex.hasRoom && keepsConnection(head)
        ? () => connection.release(keepAliveTimeout(head.headers))
        : () => duplex.destroy();
      const { stream } = new ResponseBody(
        duplex,
        reader,
        framing,
        signal,
        onComplete,
      );
      const { status, statusText, headers } = head;
      const isCoded = gzip && isGzip(headers);
      return {
        status,
        statusText,
        headers: isCoded ? decodedHeaders(headers) : headers,
        body: isCoded ? gunzipBody(stream) : stream,
      };
    }),
    duplex,
    signal,
  );
}

/** Waits for `promise`; destroys the duplex on failure or abort. */
export async function destroyOnFailure<Value>(
  promise: Promise<Value>,
  duplex: ByteDuplex,
  signal: AbortSignal,
): Promise<Value> {
  try {
    signal.throwIfAborted();
    return await abortable(promise, signal);
  } catch (error) {
    duplex.destroy();
    throw error;
  }
}
