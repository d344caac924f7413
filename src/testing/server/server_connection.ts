import type { Socket } from "node:net";
import { type Bytes, concatBytes, encodeText } from "../../bytes.ts";
import { BodyDecoder, requestFraming } from "../../http/body.ts";
import { encodeResponseHead } from "../../http/head_encoder.ts";
import {
  HeadTooLongError,
  type RequestHead,
  RequestHeadParser,
} from "../../http/head.ts";
import {
  certificateSubject,
  finishSocket,
  plainBytes,
  resetSocket,
} from "./server_socket.ts";
import { ServerExchange } from "./server_exchange.ts";

/** The limit of Go's net/http, which is that of the API server. */
const MAX_HEAD = 2 ** 20 + 4096;

export type RequestHandler = (exchange: ServerExchange) => void | Promise<void>;

/** Serves the requests of one connection in order, until an upgrade. */
export class ServerConnection {
  readonly socket: Socket;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  readonly #origin: string;
  readonly #handle: RequestHandler;
  readonly #onData = (chunk: Uint8Array): void => this.#feed(plainBytes(chunk));
  #headParser = new RequestHeadParser(MAX_HEAD);
  #head: RequestHead | null = null;
  #decoder: BodyDecoder | null = null;
  #body: Bytes[] = [];
  #busy = false;
  #waiting: Bytes[] = [];

  constructor(socket: Socket, origin: string, handle: RequestHandler) {
    this.socket = socket;
    this.#origin = origin;
    this.#handle = handle;
    this.closed = new Promise((resolve) => {
      socket.once("close", () => resolve());
    });
    socket.on("error", () => {});
    socket.on("data", this.#onData);
    socket.once("end", () => {
      if (!this.#busy) finishSocket(socket);
    });
  }

  takeOver(): Bytes {
    this.socket.off("data", this.#onData);
    return concatBytes(this.#waiting.splice(0));
  }

  finished(keepAlive: boolean): void {
    if (!keepAlive) return finishSocket(this.socket);
    this.#busy = false;
    this.#headParser = new RequestHeadParser(MAX_HEAD);
    this.#head = null;
    this.#decoder = null;
    this.#body = [];
    const waiting = concatBytes(this.#waiting.splice(0));
    if (waiting.byteLength > 0) this.#feed(waiting);
  }

  #feed(chunk: Bytes): void {
    if (this.#busy) {
      this.#waiting.push(chunk);
      return;
    }
    try {
      this.#read(chunk);
    } catch (error) {
      if (error instanceof HeadTooLongError) this.#refuseHead();
      else resetSocket(this.socket);
    }
  }

  #read(chunk: Bytes): void {
    let bytes = chunk;
    if (this.#head === null) {
      this.#head = this.#headParser.feed(bytes);
      if (this.#head === null) return;
      bytes = this.#headParser.rest;
      this.#decoder = new BodyDecoder(requestFraming(this.#head));
    }
    const decoder = this.#decoder!;
    decoder.feed(bytes, (part) => this.#body.push(part));
    if (!decoder.done) return;
    this.#busy = true;
    this.#waiting.push(decoder.rest);
    this.#handleRequest(this.#head);
  }

  /** As Go does: it reads on, so that the response is not lost in a reset. */
  #refuseHead(): void {
    const text = "431 Request Header Fields Too Large";
    this.takeOver();
    this.socket.on("data", () => {});
    this.socket.write(encodeResponseHead(431, text.slice(4), {
      "content-type": "text/plain; charset=utf-8",
      connection: "close",
    }));
    this.socket.end(encodeText(text));
  }

  #handleRequest(head: RequestHead): void {
    const exchange = new ServerExchange(
      {
        method: head.method,
        url: new URL(this.#origin + head.target),
        headers: head.headers,
        body: concatBytes(this.#body),
        clientCertificate: certificateSubject(this.socket),
      },
      this,
      this.closed,
    );
    new Promise<void>((resolve) => resolve(this.#handle(exchange)))
      .catch((error) => this.#handleError(exchange, error));
  }

  #handleError(exchange: ServerExchange, error: unknown): void {
    if (exchange.responded) return resetSocket(this.socket);
    exchange.respond(500, { "content-type": "text/plain" }, String(error));
  }
}
