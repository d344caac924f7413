import type { Socket } from "node:net";
import { type Bytes, encodeText } from "../../bytes.ts";
import { encodeResponseHead } from "../../http/head.ts";
import { acceptFor } from "../../websocket/handshake.ts";
import {
  type CertificateSubject,
  drained,
  finishSocket,
  resetSocket,
} from "./server_socket.ts";
import { ServerWebSocket } from "./server_web_socket.ts";

/** One request, its body read. */
export interface ServerRequest {
  readonly method: string;
  /** Path and query; the origin is the server's. */
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Bytes;
  /** Whom the client's certificate names; null without one that verifies. */
  readonly clientCertificate: CertificateSubject | null;
}

/** The body of a streamed response, sent in chunks. */
export interface BodyWriter {
  /** @returns False when the socket's buffer is full: wait for `drained`. */
  write(chunk: Uint8Array | string): boolean;
  /** Resolves when there is room, or never will be. */
  drained(): Promise<void>;
  /** Ends the body. */
  end(): void;
}

/** How to answer an upgrade. */
export interface UpgradeOptions {
  /** The subprotocol to say; the first that was offered by default. */
  readonly protocol?: string;
  /** More response headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the exchange asks of the connection that it happens on. */
export interface ExchangeConnection {
  readonly socket: Socket;
  /** The bytes after the request, for whoever takes the socket over. */
  takeOver(): Bytes;
  /** The response is complete. */
  finished(keepAlive: boolean): void;
}

/** A request, and the ways to answer it. Exactly one of them is to be used. */
export class ServerExchange {
  readonly request: ServerRequest;
  /** Resolves when the client's connection is gone. */
  readonly gone: Promise<void>;
  readonly #connection: ExchangeConnection;
  #answered = false;

  constructor(
    request: ServerRequest,
    owner: ExchangeConnection,
    gone: Promise<void>,
  ) {
    this.request = request;
    this.#connection = owner;
    this.gone = gone;
  }

  /** Whether an answer was begun. */
  get answered(): boolean {
    return this.#answered;
  }

  /** The subprotocols that the client offers. */
  get offeredProtocols(): string[] {
    const header = this.request.headers.get("sec-websocket-protocol") ?? "";
    return header.split(",").map((name) => name.trim()).filter(Boolean);
  }

  /** Whether the client asks for a WebSocket. */
  get wantsUpgrade(): boolean {
    const upgrade = this.request.headers.get("upgrade") ?? "";
    return upgrade.toLowerCase() === "websocket" &&
      this.request.headers.has("sec-websocket-key");
  }

  /** Answers with a body that is at hand. */
  respond(
    status: number,
    headers: Readonly<Record<string, string>> = {},
    body: Uint8Array | string = "",
  ): void {
    const bytes = typeof body === "string" ? encodeText(body) : body;
    this.#head(status, { ...headers, "content-length": `${bytes.byteLength}` });
    if (this.request.method !== "HEAD") this.#connection.socket.write(bytes);
    this.#connection.finished(this.#keepAlive);
  }

  /** Answers with JSON. */
  respondJson(status: number, value: unknown): void {
    this.respond(
      status,
      { "content-type": "application/json" },
      JSON.stringify(value),
    );
  }

  /** Answers with a body that is yet to come, in chunked coding. */
  stream(
    status: number,
    headers: Readonly<Record<string, string>> = {},
  ): BodyWriter {
    const { socket } = this.#connection;
    this.#head(status, { ...headers, "transfer-encoding": "chunked" });
    return {
      write(chunk) {
        const bytes = typeof chunk === "string" ? encodeText(chunk) : chunk;
        if (bytes.byteLength === 0) return true;
        socket.write(encodeText(`${bytes.byteLength.toString(16)}\r\n`));
        socket.write(bytes);
        return socket.write(encodeText("\r\n"));
      },
      drained: () => drained(socket),
      end: () => {
        socket.write(encodeText("0\r\n\r\n"));
        this.#connection.finished(this.#keepAlive);
      },
    };
  }

  /** Answers 101 and takes the connection over as a WebSocket. */
  // deno-lint-ignore require-await
  async upgrade(options: UpgradeOptions = {}): Promise<ServerWebSocket> {
    const key = this.request.headers.get("sec-websocket-key") ?? "";
    const protocol = options.protocol ?? this.offeredProtocols[0] ?? "";
    const accept = acceptFor(key);
    this.#head(101, {
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-accept": accept,
      ...(protocol === "" ? {} : { "sec-websocket-protocol": protocol }),
      ...options.headers,
    });
    const rest = this.#connection.takeOver();
    return new ServerWebSocket(this.#connection.socket, protocol, rest);
  }

  /** Writes bytes as they are, to answer with something that is not HTTP. */
  raw(bytes: Uint8Array | string): void {
    this.#answered = true;
    this.#connection.socket.write(
      typeof bytes === "string" ? encodeText(bytes) : bytes,
    );
  }

  /** Ends the connection after what is queued. */
  end(): void {
    this.#answered = true;
    finishSocket(this.#connection.socket);
  }

  /** Drops the connection at once. */
  reset(): void {
    this.#answered = true;
    resetSocket(this.#connection.socket);
  }

  get #keepAlive(): boolean {
    const connection = this.request.headers.get("connection") ?? "";
    return !connection.toLowerCase().includes("close");
  }

  #head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#answered) {
      throw new Error("Cannot answer the request: it was answered before");
    }
    this.#answered = true;
    this.#connection.socket.write(
      encodeResponseHead(status, statusText(status), headers),
    );
  }
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  101: "Switching Protocols",
  200: "OK",
  201: "Created",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  422: "Unprocessable Entity",
  500: "Internal Server Error",
};

function statusText(status: number): string {
  return STATUS_TEXTS[status] ?? "Status";
}
