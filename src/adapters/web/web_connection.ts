import { type Bytes, concatBytes } from "../../bytes.ts";
import { BufferOverflowError, ProtocolError } from "../../errors.ts";
import type {
  CloseInfo,
  Connection,
  ConnectionReceiver,
} from "../../transport/transport.ts";
import { quoteText } from "../../redact.ts";
import { CLOSE_CODE } from "../../websocket/close_frame.ts";
import { abnormalClose } from "./web_failure.ts";
import { SendBuffer } from "./web_send_buffer.ts";

/** How long the server has to finish the close handshake, in milliseconds. */
const CLOSE_TIMEOUT = 1_000;

/** Methods of Bun's socket beyond the standard. */
interface Extras {
  pause?(): void;
  resume?(): void;
  terminate?(): void;
}

/** A {@linkcode Connection} over an open standard WebSocket. */
export class WebConnection implements Connection {
  readonly protocol: string;
  readonly transfersBuffers = true;
  readonly released: Promise<void>;
  readonly #socket: WebSocket & Extras;
  readonly #limit: number;
  readonly #output: SendBuffer;
  readonly #release: () => void;
  readonly #closeTimeout: number;
  readonly #quotesText: boolean;
  /** Messages received while paused. */
  readonly #queue: Bytes[] = [];
  #queued = 0;
  #receiver: ConnectionReceiver | null = null;
  #paused = true;
  #closeInfo: CloseInfo | null = null;
  #failure = "";
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param closeTimeout See {@linkcode SocketConnectionOptions}.
   * @param quotesText Whether a text frame is perhaps the explanation of a proxy.
   */
  constructor(
    socket: WebSocket,
    limit: number,
    delaysLastMessage: boolean,
    closeTimeout: number = CLOSE_TIMEOUT,
    quotesText = true,
  ) {
    this.#closeTimeout = closeTimeout;
    this.#quotesText = quotesText;
    this.protocol = socket.protocol;
    this.#socket = socket;
    this.#limit = limit;
    this.#output = new SendBuffer(
      socket,
      () => this.#receiver?.drained(),
      delaysLastMessage,
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    this.released = promise;
    this.#release = resolve;
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("error", (event) => this.#failed(event));
    socket.addEventListener("close", (event) => {
      this.#closed(event.code, event.reason);
    });
  }

  open(receiver: ConnectionReceiver): void {
    this.#receiver = receiver;
    this.resume();
  }

  send(parts: readonly Uint8Array[]): boolean {
    if (this.#over || this.#closeInfo) return false;
    return this.#output.send(concatBytes(parts));
  }

  pause(): void {
    this.#paused = true;
    if (!this.#over) this.#socket.pause?.();
  }

  resume(): void {
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    queueMicrotask(() => {
      this.#deliver();
      if (!this.#paused) this.#socket.resume?.();
    });
  }

  ping(): void {}

  close(code: number = CLOSE_CODE.normal, reason = ""): void {
    if (this.#over) return;
    this.#close(code, reason);
  }

  abort(): void {
    if (this.#socket.terminate === undefined) {
      // It cannot be dropped; after a close, nobody waits for it any longer.
      if (this.#over) this.#release();
      return this.close();
    }
    this.#over = true;
    this.#output.stop();
    this.#queue.length = 0;
    if (this.#paused) this.#socket.resume?.();
    this.#socket.terminate();
    this.#release();
  }

  #receive(data: unknown): void {
    if (this.#over || this.#closeInfo) return;
    this.#output.received();
    if (!(data instanceof ArrayBuffer)) {
      const quotes = this.#quotesText && typeof data === "string";
      const text = quotes ? quoteText(data) : "";
      return this.#fail(
        new ProtocolError(
          `Cannot read the WebSocket frame: it is a text frame${
            text && `, ${text}`
          }`,
        ),
      );
    }
    const message = new Uint8Array(data);
    if (!this.#paused && this.#queue.length === 0) {
      return this.#receiver!.data(message, true);
    }
    if (this.#queued + message.byteLength > this.#limit) {
      return this.#overflow(message.byteLength);
    }
    this.#queue.push(message);
    this.#queued += message.byteLength;
  }

  #overflow(discarded: number): void {
    const limit = this.#limit;
    const message =
      `Cannot keep more than ${limit} bytes: they are not read, and this transport cannot pause the server (read faster, or raise bufferLimit of webTransport)`;
    this.#fail(
      new BufferOverflowError(message, { channel: null, limit, discarded }),
    );
  }

  #fail(error: Error): void {
    this.#closeInfo = {
      code: CLOSE_CODE.abnormal,
      reason: error.message,
      error,
    };
    this.#output.stop();
    this.#releaseLater();
    this.#socket.close();
    this.#deliver();
  }

  /** Usually `close` follows, with less detail; on some runtimes it does not. */
  #failed(event: Event): void {
    const { message } = event as { message?: unknown };
    if (typeof message === "string") this.#failure = message;
    this.#timer ??= setTimeout(
      () => this.#closed(CLOSE_CODE.abnormal, ""),
      CLOSE_TIMEOUT,
    );
  }

  /** Deno reports code 0 instead of 1006. */
  #closed(code: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#output.stop();
    this.#release();
    this.#closeInfo ??= code === 0 || code === CLOSE_CODE.abnormal
      ? abnormalClose(this.#failure || reason)
      : { code, reason };
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#paused && !this.#over) {
      const message = this.#queue.shift();
      if (message === undefined) break;
      this.#queued -= message.byteLength;
      this.#receiver!.data(message, true);
    }
    if (!this.#closeInfo || this.#paused || this.#over) return;
    this.#over = true;
    this.#output.stop();
    this.#receiver!.closed(this.#closeInfo);
  }

  /** A standard WebSocket cannot be dropped: bounds the wait of `released`. */
  #releaseLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#socket.terminate?.();
      this.#release();
    }, this.#closeTimeout);
    this.released.then(() => clearTimeout(this.#timer));
  }

  #close(code: number, reason: string): void {
    this.#over = true;
    this.#queue.length = 0;
    // Bun's socket does not notice the server's Close frame while paused.
    if (this.#paused) this.#socket.resume?.();
    this.#releaseLater();
    this.#output.flush(() => {
      if (isAllowed(code)) this.#socket.close(code, reason);
      else this.#socket.close();
    }, this.#closeTimeout / 2);
  }
}

/** Whether the standard lets a client send `code`. */
function isAllowed(code: number): boolean {
  return code === CLOSE_CODE.normal || code >= 3000 && code <= 4999;
}
