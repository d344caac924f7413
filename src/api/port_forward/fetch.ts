import { onAbort } from "../../abortable.ts";
import { type Bytes, concatBytes, encodeText } from "../../bytes.ts";
import { V4 } from "../../channel/subprotocols.ts";
import { type Deadline, startDeadline } from "../../client/deadline.ts";
import { ConfigurationError } from "../../errors.ts";
import { PortDuplex } from "../../session/port_duplex.ts";
import { asBytes } from "../../streams/input_channel.ts";
import type { Target } from "../../target.ts";
import { exchangeOnce } from "../../transport/http_exchange.ts";
import type { CallContext } from "../call.ts";
import { openPort, prepareForward } from "./forward_call.ts";

/**
 * What `portForward.fetch` takes besides the URL: method, headers, body and
 * signal as for a standard `fetch`. Redirects are never followed.
 */
export interface PortFetchInit extends RequestInit {
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /**
   * Milliseconds until the response's head; null for no limit; defaults to the
   * client's `timeout`.
   */
  readonly timeout?: number | null;
}

/** Statuses whose responses have no body (Fetch standard, 2.2.3). */
const NULL_BODY: readonly number[] = [204, 205, 304];

/** Sends one HTTP request to a port of a pod. */
export async function fetchPort(
  context: CallContext,
  target: Target,
  input: string | URL,
  init: PortFetchInit,
): Promise<Response> {
  const url = parseUrl(input);
  const port = url.port === "" ? 80 : Number(url.port);
  const { namespace, timeout, signal } = init;
  const options = { namespace, timeout, signal };
  const names = { namespace: true, timeout: true, signal: true } as const;
  const call = prepareForward(context, target, port, options, names);
  const request = await requestOf(url, init);
  const deadline = startDeadline(call.action, call.timeout, signal);
  const { client } = context;
  let stopClosing = (): void => {};
  try {
    const { connection, protocol, ...opened } = await openPort(call, deadline);
    const duplex = new PortDuplex({
      ...opened,
      connection,
      isTunnel: protocol !== V4,
    });
    duplex.onEnd((error) => {
      deadline.release();
      stopClosing();
      client.ended(connection, { exitCode: null, error });
    });
    const close = async () => {
      duplex.destroy();
      await duplex.released;
    };
    try {
      stopClosing = client.adopt({ close });
      return await exchange(duplex, request, deadline);
    } catch (error) {
      duplex.destroy();
      // It names the port; the HTTP engine's error only has it as its cause.
      throw deadline.signal.aborted
        ? deadline.signal.reason
        : duplex.failure ?? error;
    }
  } catch (error) {
    deadline.release();
    throw error;
  }
}

/** A request, its body known or a stream. */
interface PortRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes | null;
  readonly stream: ReadableStream<unknown> | null;
}

async function exchange(
  duplex: PortDuplex,
  { stream, ...request }: PortRequest,
  deadline: Deadline,
): Promise<Response> {
  const { signal } = deadline;
  const target = { tls: {}, proxy: null, signal };
  if (stream !== null) {
    const failing = new AbortController();
    deadline.follow(failing.signal);
    sendChunks(duplex, stream, signal)
      .catch((error) => failing.abort(error));
  }
  const response = await exchangeOnce(duplex, { ...request, ...target });
  deadline.stopClock();
  const { status, headers, body } = response;
  if (NULL_BODY.includes(status)) {
    await body.cancel();
    return new Response(null, { status, headers });
  }
  return new Response(body, { status, headers });
}

/**
 * Sends a body whose length is not known, in chunks (RFC 9112, 7.1). A server may
 * answer before it has read all of it, and not read on.
 *
 * @throws The error of the stream: a truncated body must not look complete.
 */
async function sendChunks(
  duplex: PortDuplex,
  stream: ReadableStream<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const reader = stream.getReader();
  const cancel = (reason: unknown) =>
    void reader.cancel(reason).catch(() => {});
  const stop = onAbort(signal, cancel);
  duplex.onEnd((failure) =>
    cancel(failure ?? new Error("the connection has ended"))
  );
  try {
    // Behind the head, which is written by then.
    for await (const bytes of chunksOf(reader)) {
      const head = encodeText(`${bytes.byteLength.toString(16)}\r\n`);
      const chunk = concatBytes([head, bytes, encodeText("\r\n")]);
      if (!duplex.write(chunk)) await duplex.drained();
    }
    duplex.write(encodeText("0\r\n\r\n"));
  } catch (error) {
    if (duplex.hasEnded) return;
    cancel(error);
    throw error;
  } finally {
    stop();
  }
}

async function* chunksOf(
  reader: ReadableStreamDefaultReader<unknown>,
): AsyncGenerator<Uint8Array> {
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    const bytes = asBytes(value, "the request");
    if (bytes.byteLength > 0) yield bytes;
  }
}

/**
 * @throws {TypeError} If it is no URL of HTTP.
 * @throws {ConfigurationError} If it is one of HTTPS.
 */
function parseUrl(input: string | URL): URL {
  if (!URL.canParse(String(input))) {
    throw new TypeError("Cannot fetch from a pod: the URL is not valid");
  }
  const url = new URL(input);
  if (url.protocol === "https:") {
    throw new ConfigurationError(
      `Cannot fetch from a pod over https: there is no TLS within a forwarded ` +
        `connection; use listen, and a client of your own`,
    );
  }
  if (url.protocol !== "http:") {
    throw new TypeError(
      `Cannot fetch from a pod: the URL's protocol is ${url.protocol}`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      `Cannot fetch from a pod: the URL has credentials; set a header instead`,
    );
  }
  return url;
}

/** Checks and encodes the request as the platform's `fetch` does. */
async function requestOf(url: URL, init: PortFetchInit): Promise<PortRequest> {
  const { method, headers } = init;
  const given = init.body ?? null;
  const stream = given instanceof ReadableStream ? given : null;
  const body = stream === null ? given : null;
  const request = new Request(url, { method, headers, body });
  if (stream !== null && /^(GET|HEAD)$/.test(request.method)) {
    throw new TypeError(
      `Cannot fetch from a pod: ${request.method} has no body`,
    );
  }
  // Bun (1.4) forgets the body's type once it is read.
  const fields = Object.fromEntries(request.headers);
  const bytes = body === null
    ? null
    : new Uint8Array(await request.arrayBuffer());
  return {
    method: request.method,
    url,
    headers: {
      ...fields,
      connection: "close",
      ...(stream === null ? {} : { "transfer-encoding": "chunked" }),
      // A server may wait for it (RFC 9110, 8.6).
      ...(isEmptyUpload(request.method, given)
        ? { "content-length": "0" }
        : {}),
    },
    body: bytes,
    stream,
  };
}

function isEmptyUpload(method: string, body: unknown): boolean {
  return body === null && /^(POST|PUT|PATCH)$/.test(method);
}
