import { isModernBun } from "../../platform/runtime.ts";
import type { Connection } from "../../transport/transport.ts";
import { type AcceptedPage, type PageAcceptor, webPage } from "./page.ts";

/** The parts of `Bun.serve`'s server that a relay uses. */
export interface BunServer {
  /** Turns a request into a WebSocket; false if the client is gone. */
  upgrade(
    request: Request,
    options: { headers?: Record<string, string>; data: unknown },
  ): boolean;
}

/** The parts of Bun's `ServerWebSocket` that a relay uses. */
export interface BunSocket {
  /** What was given to `upgrade`. */
  readonly data: unknown;
  /** 1 while it is open. */
  readonly readyState: number;
  /** Sends a binary message; 0 if it was dropped. */
  sendBinary(message: Uint8Array): number;
  /** Bytes that wait to be sent. */
  getBufferedAmount(): number;
  /** Sends a Close frame. */
  close(code?: number, reason?: string): void;
  /** Drops the connection. */
  terminate(): void;
}

/** The option `websocket` of `Bun.serve`. */
export interface BunHandlers {
  /** Bytes; a longer message ends the connection. */
  readonly maxPayloadLength: number;
  /** Bytes that may wait for a page. */
  readonly backpressureLimit: number;
  /** Seconds. */
  readonly idleTimeout: number;
  /** Whether an idle page is pinged. */
  readonly sendPings: boolean;
  /** Compresses nothing: it is a terminal's output. */
  readonly perMessageDeflate: false;
  /** A page has finished its handshake. */
  open(socket: BunSocket): void;
  /** A page sent a message. */
  message(socket: BunSocket, message: string | Uint8Array): void;
  /** A page has left. */
  close(socket: BunSocket, code: number, reason: string): void;
}

/** Bun drops a message beyond it: never reached, since sending stops at a MiB. */
const BACKPRESSURE_LIMIT = 256 * 2 ** 20;

/** Seconds without a pong until a page counts as lost. */
const IDLE_TIMEOUT = 120;

/** The handlers of a relay's pages; they ignore other WebSockets of the server. */
export function bunHandlers(maxMessageSize: number): BunHandlers {
  return {
    // The relay itself answers a message that is a little too long.
    maxPayloadLength: 2 * maxMessageSize,
    backpressureLimit: BACKPRESSURE_LIMIT,
    idleTimeout: IDLE_TIMEOUT,
    sendPings: true,
    perMessageDeflate: false,
    open: (socket) => pageOf(socket)?.opened(socket),
    message: (socket, message) => pageOf(socket)?.received(message),
    close: (socket, code, reason) => pageOf(socket)?.closed(code, reason),
  };
}

function pageOf({ data }: BunSocket): BunPage | null {
  return data instanceof BunPage ? data : null;
}

/** Upgrades a request of `Bun.serve`. */
export function bunAcceptor(
  request: Request,
  server: BunServer,
): PageAcceptor {
  return {
    pings: false,
    hidesKey: false,
    choosesFirst: !isModernBun(),
    accept: (protocol) => acceptOnBun(request, server, protocol),
  };
}

function acceptOnBun(
  request: Request,
  server: BunServer,
  protocol: string,
): AcceptedPage {
  const page = new BunPage(protocol);
  // Bun 1.3 sends it twice if it is given, and the first one offered if not.
  const options = isModernBun()
    ? { headers: { "sec-websocket-protocol": protocol }, data: page }
    : { data: page };
  if (!server.upgrade(request, options)) {
    throw new Error("the page left");
  }
  return {
    // Bun has answered already, and drops it.
    response: new Response(null),
    connection: page.connection,
    abandon: () => page.abandon(),
  };
}

type Listener = (event: object) => void;

/** Bun's server side of a WebSocket with the parts of the standard one in use. */
class BunPage {
  readonly protocol: string;
  readonly connection: Promise<Connection>;
  readonly #opened = Promise.withResolvers<Connection>();
  readonly #listeners = new Map<string, Listener>();
  #socket: BunSocket | null = null;
  #abandoned = false;

  constructor(protocol: string) {
    this.protocol = protocol;
    this.connection = this.#opened.promise;
    this.connection.catch(() => {});
  }

  get readyState(): number {
    return this.#socket?.readyState ?? 0;
  }

  get bufferedAmount(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  send(message: Uint8Array): void {
    // 0: a connection with a gap is worse than none.
    if (this.#socket?.sendBinary(message) === 0) this.terminate();
  }

  close(code?: number, reason?: string): void {
    this.#socket?.close(code, reason);
  }

  terminate(): void {
    this.#socket?.terminate();
  }

  abandon(): void {
    this.#abandoned = true;
    this.#opened.reject(new Error("the page left"));
    this.terminate();
  }

  /** For the handlers. */
  opened(socket: BunSocket): void {
    this.#socket = socket;
    if (this.#abandoned) return this.terminate();
    this.#opened.resolve(webPage(this as unknown as WebSocket));
  }

  /** For the handlers. */
  received(message: string | Uint8Array): void {
    const data = typeof message === "string" ? message : message.slice().buffer;
    this.#listeners.get("message")?.({ data });
  }

  /** For the handlers. */
  closed(code: number, reason: string): void {
    this.#opened.reject(new Error("the page left"));
    this.#listeners.get("close")?.({ code, reason });
  }
}
