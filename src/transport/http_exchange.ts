import { encodeRequestHead } from "../http/head.ts";
import { responseFraming } from "../http/body.ts";
import { abortable } from "../abortable.ts";
import type { ByteDuplex, Dial, DialTarget } from "./duplex.ts";
import { HeadReader } from "./head_reader.ts";
import { canonicalHost } from "./address.ts";
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
    hostname: dialledHost(url.hostname),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    tls: secure ? tls : null,
    proxy,
    proxyTls: tls,
    ...(typeof userAgent === "string" ? { userAgent } : {}),
    signal,
  };
}

/** An IPv4-mapped address as IPv4, which certificates name. */
function dialledHost(hostname: string): string {
  return hostname.startsWith("[") ? canonicalHost(hostname) : hostname;
}

/** Sends one request on a connection of its own. */
export async function sendRequest(
  dial: Dial,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { method, url, body, signal } = request;
  signal.throwIfAborted();
  const target = dialTarget(request);
  const message = encodeRequestHead(method, url.pathname + url.search, {
    host: url.host,
    ...request.headers,
    ...(body ? { "content-length": `${body.byteLength}` } : {}),
    connection: "close",
  });
  const duplex = await dial(target);
  const reader = new HeadReader(duplex, target);
  duplex.write(message);
  // The duplex takes ownership of its chunks, but the body is the caller's.
  if (body && body.byteLength > 0) duplex.write(body.slice());
  return await destroyOnFailure(
    reader.head.then((head) => {
      const framing = responseFraming(head, method);
      const { stream } = new ResponseBody(duplex, reader, framing, signal);
      return { status: head.status, headers: head.headers, body: stream };
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
