import { connect, type Socket } from "node:net";
import { type Bytes, concatBytes } from "../../../src/bytes.ts";
import { FrameReader } from "../../../src/websocket/frame_reader.ts";
import {
  encodeControl,
  encodeMessage,
} from "../../../src/websocket/frame_writer.ts";
import { OPCODE } from "../../../src/websocket/frame.ts";
import { encodeClosePayload } from "../../../src/websocket/close_frame.ts";
import { resetSocket } from "../../../src/testing/server/server_socket.ts";
import { ORIGIN } from "./serve_relay.ts";

/** The upgrade of a page; a null leaves a header out. */
export interface RawUpgrade {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** A command that runs until its stdin ends, and then for ever. */
export const CAT = "/relay/api/v1/namespaces/default/pods/web-0/exec" +
  "?command=cat&stdin=true&stdout=true";

/** A page on a raw socket, which can leave in any way. */
export class RawPage {
  readonly socket: Socket;
  /** Resolves when the socket is closed; rejects if a frame was invalid. */
  readonly closed: Promise<void>;
  /** The messages received. */
  readonly messages: Bytes[] = [];
  /** The relay's Close frame. */
  closeFrame: { code: number; reason: string } | null = null;
  /** The head of the response, with a body if it is refused. */
  response = "";
  readonly #answered = Promise.withResolvers<number>();
  readonly #frames = new FrameReader("client");
  #message: Bytes[] = [];
  #upgraded = false;
  #paused = false;

  constructor(url: string, upgrade: RawUpgrade = {}) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    this.socket = socket;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.once("close", () => {
      this.#answered.resolve(this.#status);
      resolve();
    });
    socket.on("error", () => {});
    socket.on("data", (chunk: Uint8Array) => {
      try {
        this.#read(new Uint8Array(chunk));
      } catch (error) {
        reject(error);
        socket.destroy();
      }
      // Only here: outside of a data event, Deno 2.5 loses what is being read.
      if (this.#paused) socket.pause();
    });
    socket.write(encodeUpgrade(url, upgrade));
  }

  /** The status of the answer; 0 if there was none. */
  get status(): Promise<number> {
    return this.#answered.promise;
  }

  /** Sends a message of the stdin channel. */
  send(text: string): void {
    const bytes = new TextEncoder().encode(`\0${text}`);
    this.socket.write(encodeMessage([bytes], "client"));
  }

  /** Sends a Close frame. */
  close(code = 1000): void {
    this.socket.write(
      encodeControl(OPCODE.close, encodeClosePayload(code), "client"),
    );
  }

  /** Stops reading, with the next bytes. */
  pause(): void {
    this.#paused = true;
  }

  /** Reads on. */
  resume(): void {
    this.#paused = false;
    this.socket.resume();
  }

  /** Leaves with a reset. */
  reset(): void {
    resetSocket(this.socket);
  }

  get #status(): number {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.response)?.[1] ?? 0);
  }

  #read(chunk: Bytes): void {
    if (this.#upgraded) return this.#readFrames(chunk);
    this.response += String.fromCharCode(...chunk);
    const end = this.response.indexOf("\r\n\r\n");
    if (end < 0) return;
    if (this.#status === 101) {
      this.#upgraded = true;
      const rest = this.response.slice(end + 4);
      this.#readFrames(Uint8Array.from(rest, (char) => char.charCodeAt(0)));
    }
    this.#answered.resolve(this.#status);
  }

  #readFrames(chunk: Bytes): void {
    this.#frames.feed(chunk);
    for (let event; (event = this.#frames.next()) !== null;) {
      if (event.type === "close") {
        this.closeFrame = { code: event.code, reason: event.reason };
        this.socket.end();
      }
      if (event.type !== "data") continue;
      this.#message.push(event.part);
      if (event.last) this.messages.push(concatBytes(this.#message.splice(0)));
    }
  }
}

function encodeUpgrade(
  url: string,
  { method = "GET", path = CAT, headers = {} }: RawUpgrade,
): string {
  const fields: Record<string, string | null> = {
    host: new URL(url).host,
    origin: ORIGIN,
    connection: "keep-alive, Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-protocol": "v5.channel.k8s.io, v4.channel.k8s.io",
    ...headers,
  };
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
