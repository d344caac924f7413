import { onAbort } from "../../abortable.ts";
import { asBytes, type Bytes, concatBytes, encodeText } from "../../bytes.ts";
import { V4 } from "../../channel/subprotocols.ts";
import { type Deadline, startDeadline } from "../../client/deadline.ts";
import { ConfigurationError, SessionEndedError } from "../../errors.ts";
import { PortDuplex } from "../../session/port_duplex.ts";
import type { Target } from "../../target.ts";
import { addressOf } from "../../transport/address.ts";
import type { ByteDuplex } from "../../transport/duplex.ts";
import { exchangeOnce } from "../../transport/http_exchange.ts";
import type { TlsOptions, Transport } from "../../transport/transport.ts";
import type { CallContext } from "../call.ts";
import {
  checkFetchOptions,
  parseUrl,
  type PortFetchInit,
  tlsOf,
} from "./fetch_options.ts";
import { openPort, prepareForward } from "./forward_call.ts";
import {
  dropBody,
  partsOf,
  type PortRequest,
  requestOf,
  responseOf,
} from "./http_message.ts";

/** Sends one HTTP request to a port of a pod. */
export async function fetchPort(
  context: CallContext,
  target: Target,
  input: string | URL | Request,
  given: PortFetchInit,
): Promise<Response> {
  checkFetchOptions(given);
  const parts = await partsOf(input, given);
  const { init } = parts;
  const url = parseUrl(parts.url);
  const tls = tlsOf(url, init);
  const { namespace, timeout, signal } = init;
  const options = { namespace, timeout, signal };
  const names = { namespace: true, timeout: true, signal: true } as const;
  const { port } = addressOf(url);
  const call = prepareForward(context, target, port, options, names);
  const { client } = context;
  const handshake = tls && tlsLayerOf(client.transport, { url, tls });
  const request = await requestOf(url, init);
  const deadline = startDeadline(call.action, call.timeout, signal);
  let stopClosing = (): void => {};
  try {
    const { connection, protocol, ...opened } = await openPort(call, deadline);
    const port = new PortDuplex({
      ...opened,
      connection,
      isTunnel: protocol !== V4,
    });
    port.onEnd((error) => {
      deadline.release();
      stopClosing();
      client.ended(connection, { exitCode: null, error });
    });
    const close = async () => {
      deadline.abort(
        new SessionEndedError(
          `Cannot ${call.action}: the client was closed`,
          { status: null },
        ),
      );
      port.destroy();
      await port.released;
    };
    try {
      stopClosing = client.adopt({ close });
      const duplex = handshake === null
        ? port
        : await handshake(port, deadline.signal);
      return await exchange({ port, duplex, tls }, request, deadline);
    } catch (error) {
      port.destroy();
      // It names the port; the HTTP engine's error only has it as its cause.
      throw deadline.signal.aborted
        ? deadline.signal.reason
        : port.failure ?? error;
    }
  } catch (error) {
    deadline.release();
    dropBody(request, error);
    throw error;
  }
}

/**
 * Checks the options of TLS.
 *
 * @throws {ConfigurationError} If the transport has no TLS over a connection, or
 * an option cannot be used.
 */
function tlsLayerOf(
  transport: Transport,
  target: { readonly url: URL; readonly tls: TlsOptions },
): ReturnType<NonNullable<Transport["tlsLayer"]>> {
  if (transport.tlsLayer !== undefined) return transport.tlsLayer(target);
  throw new ConfigurationError(
    `Cannot fetch from a pod over https: the transport "${transport.name}" has ` +
      `no TLS within a forwarded connection; the default transports of Node, ` +
      `Bun and Deno 2.7 do`,
  );
}

/** A connection to a server in a pod. */
interface ServerConnection {
  readonly port: PortDuplex;
  /** The connection itself, or the TLS over it. */
  readonly duplex: ByteDuplex;
  readonly tls: TlsOptions | null;
}

async function exchange(
  { port, duplex, tls }: ServerConnection,
  request: PortRequest,
  deadline: Deadline,
): Promise<Response> {
  const { signal } = deadline;
  const { stream } = request;
  const target = { tls: tls ?? {}, proxy: null, signal };
  const body = stream && new RequestBody(port, duplex, signal);
  const responded = exchangeOnce(
    duplex,
    { ...request, ...target },
    () => body?.drained(),
  );
  body?.send(stream!).catch((error) => deadline.abort(error));
  const response = await responded;
  deadline.stopClock();
  return await responseOf(request, response);
}

/** A body whose length is not known, sent in chunks (RFC 9112, 7.1). */
class RequestBody {
  readonly #port: PortDuplex;
  readonly #duplex: ByteDuplex;
  readonly #signal: AbortSignal;
  #wake = (): void => {};

  constructor(port: PortDuplex, duplex: ByteDuplex, signal: AbortSignal) {
    this.#port = port;
    this.#duplex = duplex;
    this.#signal = signal;
  }

  /** The duplex has room again. */
  drained(): void {
    this.#wake();
  }

  /**
   * Sends the body, behind the head. A server may answer before it has read all
   * of it, and not read on.
   *
   * @throws The error of the stream: a truncated body must not look complete.
   */
  async send(stream: ReadableStream<unknown>): Promise<void> {
    const reader = stream.getReader();
    const stop = (reason: unknown) => {
      void reader.cancel(reason).catch(() => {});
      this.#wake();
    };
    const stopListening = onAbort(this.#signal, stop);
    this.#port.onEnd((failure) =>
      stop(failure ?? new Error("the connection has ended"))
    );
    try {
      for await (const bytes of chunksOf(reader)) {
        const head = encodeText(`${bytes.byteLength.toString(16)}\r\n`);
        await this.#write(concatBytes([head, bytes, encodeText("\r\n")]));
      }
      this.#duplex.write(encodeText("0\r\n\r\n"));
    } catch (error) {
      if (this.#port.hasEnded) return;
      stop(error);
      throw error;
    } finally {
      stopListening();
    }
  }

  /** Writes a chunk, and waits for room, or for the end. */
  async #write(chunk: Bytes): Promise<void> {
    const hasRoom = this.#duplex.write(chunk);
    if (hasRoom || this.#port.hasEnded || this.#signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
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
