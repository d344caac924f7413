import type { Socket } from "node:net";
import { type Bytes, concatBytes } from "../../bytes.ts";
import { CLOSE_CODE, encodeClosePayload } from "../../websocket/close_frame.ts";
import { FrameReader } from "../../websocket/frame_reader.ts";
import { encodeControl, encodeMessage } from "../../websocket/frame_writer.ts";
import { OPCODE } from "../../websocket/frame.ts";
import {
  drained,
  finishSocket,
  plainBytes,
  resetSocket,
} from "./server_socket.ts";

/** The code and reason of the client's Close frame; 1006 without one. */
export interface ClientCloseInfo {
  readonly code: number;
  readonly reason: string;
}

export interface ServerWebSocketReceiver {
  /** Receives a part of a message; `last` marks its end. */
  part?(part: Bytes, last: boolean): void;
  /** Receives a whole message. */
  message?(message: Bytes): void;
  /** Called once, on a Close frame or the end of the connection. */
  closed?(closeInfo: ClientCloseInfo): void;
}

const NO_CLOSE: ClientCloseInfo = { code: CLOSE_CODE.abnormal, reason: "" };

/**
 * The server's end of a WebSocket. It responds to pings only while it reads, as
 * the API server does.
 */
export class ServerWebSocket {
  /** The selected subprotocol. */
  readonly protocol: string;
  /** Resolves on a Close frame or the end of the connection, once read. */
  readonly closed: Promise<ClientCloseInfo>;
  readonly #socket: Socket;
  readonly #reader = new FrameReader("server");
  readonly #settleClosed: (closeInfo: ClientCloseInfo) => void;
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
      // Only inside a data event: elsewhere Deno 2.5 loses the pending read.
      if (this.#paused) socket.pause();
    });
    socket.on("end", () => this.#inputEnded());
    socket.on("close", () => this.#inputEnded());
  }

  /** Starts reading. */
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

  /** Sends raw bytes, for frames that break the protocol. */
  sendRaw(bytes: Uint8Array): boolean {
    if (this.#closing || this.#socket.destroyed) return true;
    return this.#socket.write(bytes);
  }

  /** Resolves when there is room or the connection is gone. */
  drained(): Promise<void> {
    return drained(this.#socket);
  }

  /** The number of bytes waiting to be sent. */
  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  /** Stops reading, and so responding to pings, as a stalled server. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused || this.#gone) return;
    this.#paused = false;
    this.#readFrames();
    if (!this.#paused && this.#socket.isPaused()) this.#socket.resume();
  }

  /**
   * Sends a Close frame, then ends the TCP connection without waiting for the
   * client's Close frame, as the API server does. Without a code the frame is empty.
   */
  close(code?: number, reason = ""): void {
    if (this.#closing) return;
    this.sendClose(code, reason);
    this.end();
  }

  /** Sends a Close frame and keeps the TCP connection open. */
  sendClose(code?: number, reason = ""): void {
    const payload = encodeClosePayload(code, reason);
    this.sendRaw(encodeControl(OPCODE.close, payload, "server"));
  }

  /** Ends the TCP connection after the queued bytes, without a Close frame. */
  end(): void {
    this.#closing = true;
    finishSocket(this.#socket);
  }

  /** Resets the TCP connection and drops the queued bytes. */
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
      this.close(CLOSE_CODE.protocolError, reason.slice(0, 100));
      this.#ended({ code: CLOSE_CODE.protocolError, reason });
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

  #answerClose(closeInfo: ClientCloseInfo): void {
    this.close(
      closeInfo.code === CLOSE_CODE.noStatus ? undefined : closeInfo.code,
    );
    this.#ended(closeInfo);
  }

  /** Frames that are already read come before the end. */
  #inputEnded(): void {
    this.#atEnd = true;
    this.#readFrames();
  }

  #ended(closeInfo: ClientCloseInfo): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#settleClosed(closeInfo);
    this.#receiver.closed?.(closeInfo);
  }
}
