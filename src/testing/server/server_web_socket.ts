import type { Socket } from "node:net";
import { type Bytes, concatBytes } from "../../bytes.ts";
import { encodeClosePayload } from "../../websocket/close_frame.ts";
import { FrameReader } from "../../websocket/frame_reader.ts";
import { encodeControl, encodeMessage } from "../../websocket/frame_writer.ts";
import { OPCODE } from "../../websocket/frame.ts";
import {
  drained,
  finishSocket,
  plainBytes,
  resetSocket,
} from "./server_socket.ts";

/** How the client ended it: its Close frame, or 1006 for the lack of one. */
export interface ClientCloseInfo {
  readonly code: number;
  readonly reason: string;
}

/** What a {@linkcode ServerWebSocket} tells its owner. */
export interface ServerWebSocketReceiver {
  /** A part of a message; `last` ends the message. Instead of `message`. */
  part?(part: Bytes, last: boolean): void;
  /** A whole message. */
  message?(message: Bytes): void;
  /** The client is gone, or said that it goes; called once. */
  closed?(closure: ClientCloseInfo): void;
}

const NO_CLOSE: ClientCloseInfo = { code: 1006, reason: "" };

/**
 * The server's end of one WebSocket connection. It answers pings, but only
 * while it reads, like the real server.
 */
export class ServerWebSocket {
  /** The subprotocol that was agreed on. */
  readonly protocol: string;
  /** Resolves when the client is gone, or said that it goes; if it is read. */
  readonly closed: Promise<ClientCloseInfo>;
  readonly #socket: Socket;
  readonly #reader = new FrameReader("server");
  readonly #settleClosed: (closure: ClientCloseInfo) => void;
  #receiver: ServerWebSocketReceiver = {};
  #message: Bytes[] = [];
  #paused = true;
  #closing = false;
  #atEnd = false;
  #gone = false;

  constructor(socket: Socket, protocol: string, rest: Bytes) {
    this.#socket = socket;
    this.protocol = protocol;
    const { promise, resolve } = Promise.withResolvers<ClientCloseInfo>();
    this.closed = promise;
    this.#settleClosed = resolve;
    this.#reader.feed(rest);
    socket.on("data", (chunk: Uint8Array) => {
      this.#reader.feed(plainBytes(chunk));
      this.#readFrames();
      // Only here: outside of a data event, Deno 2.5 loses what is being read.
      if (this.#paused) socket.pause();
    });
    socket.on("end", () => this.#inputEnded());
    socket.on("close", () => this.#inputEnded());
  }

  /** Starts reading into `receiver`. Nothing is read before. */
  open(receiver: ServerWebSocketReceiver): void {
    this.#receiver = receiver;
    this.resume();
  }

  /**
   * Sends one binary message.
   *
   * @returns False when the socket's buffer is full: wait for `drained`.
   */
  send(...parts: readonly Uint8Array[]): boolean {
    return this.sendRaw(encodeMessage(parts, "server"));
  }

  /** Sends a ping. */
  ping(payload: Uint8Array = new Uint8Array()): boolean {
    return this.sendRaw(encodeControl(OPCODE.ping, payload, "server"));
  }

  /** Sends bytes as they are, to break the protocol with. */
  sendRaw(bytes: Uint8Array): boolean {
    if (this.#closing || this.#socket.destroyed) return true;
    return this.#socket.write(bytes);
  }

  /** Resolves when there is room to send, or never will be. */
  drained(): Promise<void> {
    return drained(this.#socket);
  }

  /** How many bytes wait to be sent. */
  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  /** Stops reading, hence answering: what a stalled server does. */
  pause(): void {
    this.#paused = true;
  }

  /** Reads on. */
  resume(): void {
    if (!this.#paused || this.#gone) return;
    this.#paused = false;
    this.#readFrames();
    if (!this.#paused && this.#socket.isPaused()) this.#socket.resume();
  }

  /**
   * Sends a Close frame and then ends the TCP connection at once, without
   * waiting for the client's Close, as the real server does. Without a code,
   * the frame has none.
   */
  close(code?: number, reason = ""): void {
    if (this.#closing) return;
    this.sendClose(code, reason);
    this.end();
  }

  /** Sends a Close frame and leaves the TCP connection open. */
  sendClose(code?: number, reason = ""): void {
    const payload = encodeClosePayload(code, reason);
    this.sendRaw(encodeControl(OPCODE.close, payload, "server"));
  }

  /** Ends the TCP connection after what is queued, without a Close frame. */
  end(): void {
    this.#closing = true;
    finishSocket(this.#socket);
  }

  /** Drops the TCP connection at once, what is queued with it. */
  reset(): void {
    this.#closing = true;
    resetSocket(this.#socket);
  }

  #readFrames(): void {
    try {
      while (!this.#paused && !this.#gone) {
        const event = this.#reader.next();
        if (event === null) break;
        if (event.type === "data") this.#part(event.part, event.last);
        else if (event.type === "ping") this.#pong(event.payload);
        else if (event.type === "close") this.#answerClose(event);
      }
      if (!this.#paused && this.#atEnd) this.#ended(NO_CLOSE);
    } catch (error) {
      const reason = error instanceof Error ? error.message : "";
      this.close(1002, reason.slice(0, 100));
      this.#ended({ code: 1002, reason });
    }
  }

  #part(part: Bytes, last: boolean): void {
    if (this.#receiver.part !== undefined) this.#receiver.part(part, last);
    if (this.#receiver.message === undefined) return;
    this.#message.push(part);
    if (!last) return;
    const message = concatBytes(this.#message);
    this.#message = [];
    this.#receiver.message(message);
  }

  #pong(payload: Uint8Array): void {
    this.sendRaw(encodeControl(OPCODE.pong, payload, "server"));
  }

  #answerClose(closure: ClientCloseInfo): void {
    this.close(closure.code === 1005 ? undefined : closure.code);
    this.#ended(closure);
  }

  /** What was read and not yet handed on comes first. */
  #inputEnded(): void {
    this.#atEnd = true;
    this.#readFrames();
  }

  #ended(closure: ClientCloseInfo): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#settleClosed(closure);
    this.#receiver.closed?.(closure);
  }
}
