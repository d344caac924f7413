import { type Bytes, encodeText } from "../../bytes.ts";
import { RST_STATUS } from "../../spdy/frame.ts";
import { SpdyReader } from "../../spdy/frame_reader.ts";
import {
  encodeDataHead,
  encodeRstStream,
  encodeSpdyPing,
  encodeSynReply,
} from "../../spdy/frame_writer.ts";
import { HeaderBlockWriter } from "../../spdy/header_block.ts";
import type { ClientConnection } from "./client_connection.ts";
import { ForwardedPort } from "./forwarded_port.ts";
import { HeaderBlockReader } from "./header_block_reader.ts";
import type { PortForwarding } from "./port_forwarding.ts";

/** A data stream, and the error stream of the same request. */
interface StreamPair {
  readonly request: string;
  error: number | null;
  data: number | null;
  port: ForwardedPort | null;
}

/**
 * Forwards ports through a tunnel: SPDY/3.1 in binary messages, whose boundaries
 * mean nothing. Each connection is a pair of streams that the client opens.
 */
export class TunnelForward {
  readonly #client: ClientConnection;
  readonly #forwarding: PortForwarding;
  readonly #headers = new HeaderBlockReader();
  readonly #replies = new HeaderBlockWriter();
  readonly #pairs = new Map<string, StreamPair>();
  /** The pairs by the IDs of their data streams. */
  readonly #byData = new Map<number, StreamPair>();

  constructor(client: ClientConnection, forwarding: PortForwarding) {
    this.#client = client;
    this.#forwarding = forwarding;
    const reader = new SpdyReader("server", {
      opened: (stream, block) => this.#opened(stream, block),
      data: (stream, part) => this.#input(stream, part),
      finished: (stream) => this.#byData.get(stream)?.port?.endInput(),
      reset: (stream) => this.#reset(stream),
      ping: (id) => client.send(encodeSpdyPing(id)),
    });
    client.open({
      part: (part) => {
        try {
          reader.read(part);
        } catch {
          // As an API server whose node drops the connection.
          this.#clientGone();
          client.close();
        }
      },
      closed: () => this.#clientGone(),
    });
  }

  #opened(stream: number, block: Bytes): void {
    const headers = this.#headers.read(block);
    const port = Number(headers.get("port"));
    const type = headers.get("streamtype");
    const isPort = Number.isInteger(port) && port > 0 && port < 65536;
    if (!isPort || type !== "error" && type !== "data") {
      return this.#client.send(encodeRstStream(stream, RST_STATUS.cancel));
    }
    const request = headers.get("requestid") ??
      `${type === "error" ? stream : stream - 2}`;
    const pair = this.#pairs.get(request) ??
      { request, error: null, data: null, port: null };
    this.#pairs.set(request, pair);
    this.#client.send(encodeSynReply(stream, this.#replies.encode({})));
    if (pair[type] !== null) {
      const text = `error processing stream for request ${request}: ` +
        `${type} stream already assigned`;
      return this.#sendError(pair, text);
    }
    pair[type] = stream;
    if (type === "data") this.#byData.set(stream, pair);
    if (pair.error !== null && pair.data !== null) {
      pair.port = this.#forward(port, pair, pair.data, pair.error);
    }
  }

  #input(stream: number, part: Bytes): void {
    const pair = this.#byData.get(stream);
    if (pair === undefined) return;
    if (pair.port !== null) return pair.port.input(part);
    // Upstream keeps the data until there is an error stream, which every
    // client opens first.
    this.#client.send(encodeRstStream(stream, RST_STATUS.cancel));
    this.#forget(pair);
  }

  #forward(
    port: number,
    pair: StreamPair,
    data: number,
    error: number,
  ): ForwardedPort {
    const client = this.#client;
    const end = (stream: number): void =>
      client.send(encodeDataHead(stream, 0, true));
    return new ForwardedPort(client, this.#forwarding.dial(port), {
      head: (length) => encodeDataHead(data, length, false),
      outputEnded: () => end(data),
      ended: () => {
        end(error);
        this.#forget(pair);
      },
      failed: (reason) => {
        this.#sendError(pair, this.#forwarding.errorText(port, reason));
        for (const stream of [data, error]) {
          client.send(encodeRstStream(stream, RST_STATUS.cancel));
        }
        this.#forget(pair);
      },
    });
  }

  #sendError({ error }: StreamPair, text: string): void {
    if (error === null) return;
    const bytes = encodeText(text);
    this.#client.send(encodeDataHead(error, bytes.byteLength, false), bytes);
  }

  /** The client has dropped a data stream: both ends of the pair are over. */
  #reset(stream: number): void {
    const pair = this.#byData.get(stream);
    if (pair === undefined) return;
    pair.port?.release();
    this.#forget(pair);
    if (pair.error !== null) {
      this.#client.send(encodeDataHead(pair.error, 0, true));
    }
  }

  #forget({ request, data }: StreamPair): void {
    this.#pairs.delete(request);
    if (data !== null) this.#byData.delete(data);
  }

  #clientGone(): void {
    for (const { port } of this.#byData.values()) port?.release();
    this.#pairs.clear();
    this.#byData.clear();
  }
}
