import type { Socket } from "node:net";
import { type Bytes, encodeText } from "../../src/bytes.ts";
import { BodyDecoder, requestFraming } from "../../src/http/body.ts";
import { type RequestHead, RequestHeadParser } from "../../src/http/head.ts";
import {
  certificateSubject,
  plainBytes,
} from "../../src/testing/server/server_socket.ts";
import { startListener } from "../../src/testing/server/listener.ts";
import type { ServerTlsOptions } from "../../src/testing/server/tls_listener.ts";

/** A request, whose response the script writes byte by byte. */
export interface ScriptedRequest extends RequestHead {
  readonly socket: Socket;
  /** The number of the connection, from 1. */
  readonly connection: number;
  /** The number of the request on its connection, from 1. */
  readonly turn: number;
  /** The name in the client certificate; null without one. */
  readonly user: string | null;
}

/** A server that counts connections and leaves every byte to a script. */
export interface ScriptedServer {
  readonly port: number;
  /** How many connections were made. */
  readonly connections: number;
  /** How many are open. */
  readonly open: number;
  /** What was requested, for example `1.2 GET /path`. */
  readonly log: readonly string[];
  /** Drops every connection and stops listening. */
  close(): Promise<void>;
}

/** Options of {@linkcode startScriptedServer}. */
export interface ScriptedServerOptions {
  readonly tls?: ServerTlsOptions | null;
  /** Calls the script before the body of a request has arrived. */
  readonly early?: boolean;
}

/** A complete response. */
export function response(body: string, ...fields: string[]): string {
  const lines = [
    "HTTP/1.1 200 OK",
    `content-length: ${body.length}`,
    ...fields,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** Starts a server whose `script` responds to each request. */
export async function startScriptedServer(
  script: (request: ScriptedRequest) => unknown,
  { tls = null, early = false }: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const log: string[] = [];
  let connections = 0;
  const listener = await startListener(tls, (socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.once("end", () => socket.end());
    let turn = 0;
    const requests = new RequestReader(early, (head) => {
      log.push(`${connection}.${++turn} ${head.method} ${head.target}`);
      const user = certificateSubject(socket)?.commonName ?? null;
      const answer = script({ ...head, socket, connection, turn, user });
      if (typeof answer === "string") socket.write(encodeText(answer));
    });
    socket.on("data", (chunk) => requests.feed(plainBytes(chunk)));
  });
  return {
    port: listener.port,
    log,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async close() {
      listener.close();
      const closed = [...sockets].map((socket) =>
        new Promise((resolve) => {
          socket.once("close", resolve);
          socket.destroy();
        })
      );
      await Promise.all(closed);
    },
  };
}

/** Splits what a connection receives into requests. */
class RequestReader {
  readonly #early: boolean;
  readonly #found: (head: RequestHead) => void;
  #parser = new RequestHeadParser();
  #head: RequestHead | null = null;
  #body: BodyDecoder | null = null;

  constructor(early: boolean, found: (head: RequestHead) => void) {
    this.#early = early;
    this.#found = found;
  }

  feed(chunk: Bytes): void {
    let bytes = chunk;
    if (this.#head === null) {
      this.#head = this.#parser.feed(bytes);
      if (this.#head === null) return;
      bytes = this.#parser.rest;
      this.#body = new BodyDecoder(requestFraming(this.#head));
      if (this.#early) this.#found(this.#head);
    }
    const body = this.#body!;
    body.feed(bytes, () => {});
    if (!body.done) return;
    const head = this.#head;
    this.#head = null;
    this.#parser = new RequestHeadParser();
    if (!this.#early) this.#found(head);
    if (body.rest.byteLength > 0) this.feed(body.rest);
  }
}
