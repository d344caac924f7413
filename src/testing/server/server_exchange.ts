import type { Socket } from "node:net";
import { type Bytes, concatBytes, encodeText } from "../../bytes.ts";
import { encodeResponseHead } from "../../http/head_encoder.ts";
import { sha1 } from "../../platform/sha1.ts";
import { acceptFor } from "../../websocket/handshake.ts";
import {
  type CertificateSubject,
  drained,
  finishSocket,
  resetSocket,
} from "./server_socket.ts";
import { ServerWebSocket } from "./server_web_socket.ts";

/** A request whose body has been read. */
export interface ServerRequest {
  readonly method: string;
  /** The origin is the server's own. */
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Bytes;
  /** The subject of the client certificate; null without a verified one. */
  readonly clientCertificate: CertificateSubject | null;
}

/** Writes the body of a response in chunked transfer coding. */
export interface BodyWriter {
  /** @returns False when the socket's buffer is full: wait for `drained`. */
  write(chunk: Uint8Array | string): boolean;
  /** Resolves when there is room or the connection is gone. */
  drained(): Promise<void>;
  /** Ends the body. */
  end(): void;
}

/** Options of a 101 response. */
export interface UpgradeOptions {
  /** The subprotocol. Defaults to the first that the client offers. */
  readonly protocol?: string;
  /** Additional response headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an exchange needs of its connection. */
export interface ExchangeConnection {
  readonly socket: Socket;
  /** Stops reading requests, and returns the bytes after this one. */
  takeOver(): Bytes;
  /** Called when the response is complete. */
  finished(keepAlive: boolean): void;
}

/** A request and its response. Respond exactly once. */
export class ServerExchange {
  readonly request: ServerRequest;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  readonly #connection: ExchangeConnection;
  #responded = false;

  constructor(
    request: ServerRequest,
    owner: ExchangeConnection,
    gone: Promise<void>,
  ) {
    this.request = request;
    this.#connection = owner;
    this.closed = gone;
  }

  /** Whether a response has begun. */
  get responded(): boolean {
    return this.#responded;
  }

  get offeredProtocols(): string[] {
    const header = this.request.headers.get("sec-websocket-protocol") ?? "";
    return header.split(",").map((name) => name.trim()).filter(Boolean);
  }

  get wantsUpgrade(): boolean {
    const upgrade = this.request.headers.get("upgrade") ?? "";
    return upgrade.toLowerCase() === "websocket" &&
      this.request.headers.has("sec-websocket-key");
  }

  /** Responds with a complete body. */
  respond(
    status: number,
    headers: Readonly<Record<string, string | readonly string[]>> = {},
    body: Uint8Array | string = "",
  ): void {
    const bytes = typeof body === "string" ? encodeText(body) : body;
    const head = this.#begin(status, {
      ...headers,
      "content-length": `${bytes.byteLength}`,
    });
    const { socket } = this.#connection;
    socket.write(
      this.request.method === "HEAD" ? head : concatBytes([head, bytes]),
    );
    this.#connection.finished(this.#keepAlive);
  }

  respondJson(status: number, value: unknown): void {
    this.respond(
      status,
      { "content-type": "application/json" },
      JSON.stringify(value),
    );
  }

  /** Responds with a body in chunked transfer coding. */
  stream(
    status: number,
    headers: Readonly<Record<string, string>> = {},
  ): BodyWriter {
    const { socket } = this.#connection;
    socket.write(
      this.#begin(status, { ...headers, "transfer-encoding": "chunked" }),
    );
    return {
      write(chunk) {
        const bytes = typeof chunk === "string" ? encodeText(chunk) : chunk;
        if (bytes.byteLength === 0) return true;
        const size = encodeText(`${bytes.byteLength.toString(16)}\r\n`);
        return socket.write(concatBytes([size, bytes, CRLF]));
      },
      drained: () => drained(socket),
      end: () => {
        socket.write(encodeText("0\r\n\r\n"));
        this.#connection.finished(this.#keepAlive);
      },
    };
  }

  /** Responds with 101 and turns the connection into a WebSocket. */
  // deno-lint-ignore require-await
  async upgrade(options: UpgradeOptions = {}): Promise<ServerWebSocket> {
    const key = this.request.headers.get("sec-websocket-key") ?? "";
    const protocol = options.protocol ?? this.offeredProtocols[0] ?? "";
    const accept = acceptFor(key, sha1);
    const head = this.#begin(101, {
      upgrade: "websocket",
      connection: "Upgrade",
      "sec-websocket-accept": accept,
      ...(protocol === "" ? {} : { "sec-websocket-protocol": protocol }),
      ...options.headers,
    });
    this.#connection.socket.write(head);
    const rest = this.#connection.takeOver();
    return new ServerWebSocket(this.#connection.socket, protocol, rest);
  }

  /** Writes raw bytes, for responses that are not valid HTTP. */
  raw(bytes: Uint8Array | string): void {
    this.#responded = true;
    this.#connection.socket.write(
      typeof bytes === "string" ? encodeText(bytes) : bytes,
    );
  }

  /** Closes the connection after the queued bytes. */
  end(): void {
    this.#responded = true;
    finishSocket(this.#connection.socket);
  }

  /** Resets the connection. */
  reset(): void {
    this.#responded = true;
    resetSocket(this.#connection.socket);
  }

  get #keepAlive(): boolean {
    const connection = this.request.headers.get("connection") ?? "";
    return !connection.toLowerCase().includes("close");
  }

  /** The bytes of a response's head. They are never written twice. */
  #begin(
    status: number,
    headers: Readonly<Record<string, string | readonly string[]>>,
  ): Bytes {
    if (this.#responded) {
      throw new Error("Cannot respond to the request: a response has begun");
    }
    this.#responded = true;
    return encodeResponseHead(status, statusText(status), headers);
  }
}

const CRLF: Bytes = encodeText("\r\n");

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
  410: "Gone",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  500: "Internal Server Error",
  504: "Gateway Timeout",
};

function statusText(status: number): string {
  return STATUS_TEXTS[status] ?? "Status";
}
