import { type Bytes, concatBytes, decodeText } from "../../../../src/bytes.ts";
import { SpdyReader } from "../../../../src/spdy/frame_reader.ts";
import {
  encodeDataHead,
  encodeSpdyPing,
  encodeSynStream,
} from "../../../../src/spdy/frame_writer.ts";
import { HeaderBlockWriter } from "../../../../src/spdy/header_block.ts";
import type { Cluster } from "../../../../src/testing/mod.ts";
import { eventually } from "../../../support/async.ts";
import type { RawClient } from "../raw_client.ts";
import { forward } from "../with_cluster.ts";

/** What a server has sent on one stream. */
export interface ReceivedStream {
  readonly text: string;
  readonly bytes: Bytes;
  readonly finished: boolean;
  /** The status of its reset; null without one. */
  readonly reset: number | null;
}

/** A client of the tunnel that sends frames as it is told. */
export class RawTunnel {
  readonly client: RawClient;
  readonly pings: number[] = [];
  readonly #headers = new HeaderBlockWriter();

  constructor(cluster: Cluster, pod: string) {
    this.client = forward(cluster, pod, [], {
      protocols: ["SPDY/3.1+portforward.k8s.io", "v4.channel.k8s.io"],
    });
  }

  /** Opens a stream. */
  open(stream: number, headers: Record<string, string>, fin = false): void {
    const block = this.#headers.encode(headers);
    this.client.sendMessage(encodeSynStream(stream, block, fin));
  }

  /** Opens the two streams of a connection: an error stream, and the next. */
  connect(error: number, port: number): void {
    const headers = { port: `${port}`, requestid: `${error}` };
    this.open(error, { streamtype: "error", ...headers }, true);
    this.open(error + 2, { streamtype: "data", ...headers });
  }

  /** Sends data on a stream. */
  send(stream: number, bytes: Uint8Array, fin = false): void {
    const head = encodeDataHead(stream, bytes.byteLength, fin);
    this.client.sendMessage(concatBytes([head, bytes]));
  }

  ping(id: number): void {
    this.client.sendMessage(encodeSpdyPing(id));
  }

  /** What has come on a stream so far. */
  received(wanted: number): ReceivedStream {
    const parts: Bytes[] = [];
    let finished = false;
    let reset: number | null = null;
    this.pings.length = 0;
    const reader = new SpdyReader("client", {
      opened() {},
      data(stream, part) {
        if (stream === wanted) parts.push(part);
      },
      finished(stream) {
        finished ||= stream === wanted;
      },
      reset(stream, status) {
        if (stream === wanted) reset = status;
      },
      ping: (id) => this.pings.push(id),
    });
    for (const [first, rest] of this.client.messages) {
      reader.read(concatBytes([Uint8Array.of(first), rest]));
    }
    const bytes = concatBytes(parts);
    return { bytes, text: decodeText(bytes), finished, reset };
  }

  /** Waits until a stream is in some state. */
  async until(
    stream: number,
    condition: (received: ReceivedStream) => boolean,
  ): Promise<ReceivedStream> {
    await eventually(() => condition(this.received(stream)));
    return this.received(stream);
  }
}
