import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { type Bytes, concatBytes, decodeText } from "../../../src/bytes.ts";
import { encodeFrame } from "../../../src/channel/frame.ts";
import {
  type ResponseHead,
  ResponseHeadParser,
} from "../../../src/http/head.ts";
import { FrameReader } from "../../../src/websocket/frame_reader.ts";
import {
  encodeControl,
  encodeMessage,
} from "../../../src/websocket/frame_writer.ts";
import { encodeUpgradeRequest } from "../../../src/websocket/handshake.ts";
import { OPCODE } from "../../../src/websocket/frame.ts";
import { observe, quotedEnd } from "../../harness/observations.ts";
import type { Cluster } from "../../../src/testing/mod.ts";

/** An upgrade request. */
export interface RawRequest {
  readonly path: string;
  readonly query?: [string, string][];
  readonly protocols?: readonly string[];
  readonly headers?: Record<string, string>;
}

/**
 * A WebSocket client on a bare socket that knows nothing of this package's
 * transports and sessions: it shows what the server sends, byte by byte.
 */
export class RawClient {
  /** The response to the upgrade. */
  readonly head: Promise<ResponseHead>;
  /** Resolves when TCP has ended, with the Close code; null without a frame. */
  readonly ended: Promise<number | null>;
  /** Every message: its channel and payload. */
  readonly messages: [channel: number, payload: Bytes][] = [];
  /** The body of a response other than 101. */
  body = "";
  readonly #socket: Socket;
  readonly #parser = new ResponseHeadParser();
  readonly #frames = new FrameReader("client");
  readonly #settleHead: (head: ResponseHead) => void;
  readonly #pongs: (() => void)[] = [];
  #paused = false;
  #upgraded: boolean | null = null;
  #parts: Bytes[] = [];
  #code: number | null = null;
  /** The remaining bytes of the body. */
  #missing = 0;
  #arrived = Promise.withResolvers<void>();

  constructor(cluster: Cluster, request: RawRequest) {
    const url = new URL(cluster.server + request.path);
    for (const [name, value] of request.query ?? []) {
      url.searchParams.append(name, value);
    }
    this.#socket = connect({ port: Number(url.port), host: url.hostname });
    const head = Promise.withResolvers<ResponseHead>();
    this.head = head.promise;
    this.#settleHead = head.resolve;
    this.#socket.on("error", () => {});
    this.#socket.on("data", (chunk: Uint8Array) => {
      this.#read(new Uint8Array(chunk));
      // Only here: outside of a data event, Deno 2.5 loses what is being read.
      if (this.#paused) this.#socket.pause();
    });
    const forget = observe({ describe: () => this.#describe(url.pathname) });
    this.ended = new Promise((resolve) => {
      this.#socket.on("close", () => {
        forget();
        this.#arrived.resolve();
        resolve(this.#code);
      });
    });
    this.#socket.write(encodeUpgradeRequest({
      url,
      headers: request.headers ?? { authorization: `Bearer ${cluster.token}` },
      protocols: request.protocols ?? ["v5.channel.k8s.io"],
      key: "dGhlIHNhbXBsZSBub25jZQ==",
    }));
  }

  /** Sends a message on a channel. */
  send(channel: number, payload: string | Uint8Array): boolean {
    return this.sendMessage(encodeFrame(channel, Buffer.from(payload)));
  }

  /** Sends a raw binary message. */
  sendMessage(message: Uint8Array): boolean {
    return this.#socket.write(encodeMessage([message], "client"));
  }

  /** Resolves on the pong: the server has read everything before it. */
  ping(): Promise<void> {
    return new Promise((resolve) => {
      this.#pongs.push(resolve);
      this.#socket.write(
        encodeControl(OPCODE.ping, new Uint8Array(), "client"),
      );
    });
  }

  /** Closes the connection. */
  drop(): void {
    this.#socket.destroy();
  }

  /** Stops reading. */
  pause(): void {
    this.#paused = true;
  }

  /** Resumes reading. */
  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  /** The text received on a channel. */
  text(channel: number): string {
    return decodeText(this.bytes(channel));
  }

  /** The bytes received on a channel. */
  bytes(channel: number): Bytes {
    return concatBytes(
      this.messages.filter(([own]) => own === channel).map(([, part]) => part),
    );
  }

  /** The status frame, once the connection has ended. */
  async status(): Promise<Record<string, unknown>> {
    await this.ended;
    return JSON.parse(this.text(3));
  }

  /** Resolves when the channel's text contains `wanted`. */
  async until(channel: number, wanted: string): Promise<void> {
    while (!this.text(channel).includes(wanted)) {
      if (this.#socket.destroyed) {
        throw new Error(`ended before ${wanted}: ${this.text(channel)}`);
      }
      await this.#arrived.promise;
    }
  }

  #describe(path: string): string {
    const channels = new Set(this.messages.map(([channel]) => channel));
    const texts = [...channels].map((channel) =>
      `channel ${channel}: ${quotedEnd(this.text(channel))}`
    );
    return [`a connection to ${path}`, ...texts].join("; ");
  }

  #read(chunk: Bytes): void {
    if (this.#upgraded === null) this.#readHead(chunk);
    else if (this.#upgraded) this.#readFrames(chunk);
    else this.#readBody(chunk);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }

  #readHead(chunk: Bytes): void {
    const head = this.#parser.feed(chunk);
    if (head === null) return;
    this.#upgraded = head.status === 101;
    if (this.#upgraded) this.#readFrames(this.#parser.rest);
    else {
      this.#missing = Number(head.headers.get("content-length"));
      this.#readBody(this.#parser.rest);
    }
    this.#settleHead(head);
  }

  #readBody(chunk: Bytes): void {
    this.body += decodeText(chunk);
    this.#missing -= chunk.byteLength;
    // Not before: on Bun 1.3 and Deno 2.5 what is unread then is lost.
    if (this.#missing <= 0) this.#socket.end();
  }

  #readFrames(chunk: Bytes): void {
    this.#frames.feed(chunk);
    for (;;) {
      const event = this.#frames.next();
      if (event === null) return;
      if (event.type === "close") this.#code = event.code;
      else if (event.type === "pong") this.#pongs.shift()?.();
      else if (event.type === "data") this.#collect(event.part, event.last);
    }
  }

  #collect(part: Bytes, last: boolean): void {
    this.#parts.push(part);
    if (!last) return;
    const message = concatBytes(this.#parts.splice(0));
    this.messages.push([message[0]!, message.subarray(1)]);
  }
}
