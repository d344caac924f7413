import type { Server, Socket } from "node:net";
import type { Bytes } from "../bytes.ts";
import { builtin } from "../platform/builtin.ts";
import { startTimer } from "../timers.ts";
import type {
  LocalAddress,
  LocalListener,
  LocalReceiver,
  LocalSocket,
} from "../transport/local_socket.ts";

/** How long a socket that is done may take to close, in milliseconds. */
const CLOSE_TIMEOUT = 1_000;

/** Whether there is `node:net`: not in a page. */
export function hasLocalSockets(): boolean {
  const process = Reflect.get(globalThis, "process") as
    | { readonly getBuiltinModule?: unknown }
    | undefined;
  return typeof process?.getBuiltinModule === "function";
}

/**
 * Listens for local programs, by `node:net`, which Deno and Bun have, too.
 *
 * @throws The system's error, for example `EADDRINUSE`.
 */
export async function listenLocally(
  { hostname, port, path }: LocalAddress,
  accept: (socket: LocalSocket) => void,
): Promise<LocalListener> {
  const { createServer } = builtin("node:net");
  // Not `pauseOnConnect`: Deno 2.5 never reads from such a socket.
  const options = { allowHalfOpen: true, noDelay: true };
  const server = createServer(options, (socket) => {
    accept(new NodeLocalSocket(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path === null ? { host: hostname, port } : { path }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  // A failed accept, for want of file descriptors, must not end the program.
  server.on("error", () => {});
  return {
    address: addressOf(server, path),
    // It stops at once. Its event `close` is not awaited: Deno 2.5 miscounts
    // connections, and may never emit it.
    close: () => void server.close(),
  };
}

function addressOf(server: Server, path: string | null): LocalAddress {
  const address = server.address();
  if (path !== null || address === null || typeof address === "string") {
    return { hostname: "", port: 0, path };
  }
  return { hostname: address.address, port: address.port, path: null };
}

/** A socket of `node:net` that was accepted. */
export class NodeLocalSocket implements LocalSocket {
  readonly released: Promise<void>;
  readonly #socket: Socket;
  #receiver: LocalReceiver | null = null;
  /** What came before there was a receiver. */
  readonly #early: Bytes[] = [];
  #hasEnded = false;
  #error: Error | undefined;
  #isClosed = false;
  #isOver = false;
  #isCorked = false;
  #stopTimer = (): void => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    // From the start: Bun 1.3 drops what comes without a listener, and never
    // reads from a socket that is paused before that.
    socket.on("data", (chunk: Bytes) => this.#received(chunk));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => this.#error ??= error);
    this.released = new Promise((resolve) => {
      socket.once("close", () => {
        this.#isClosed = true;
        this.#stopTimer();
        resolve();
        this.#receiver?.closed(this.#error);
      });
    });
  }

  open(receiver: LocalReceiver): void {
    this.#receiver = receiver;
    if (this.#isClosed) return receiver.closed(this.#error);
    const socket = this.#socket;
    socket.on("drain", () => receiver.drained());
    socket.resume();
    // The receiver may pause it again.
    for (const chunk of this.#early.splice(0)) receiver.data(chunk);
    if (this.#hasEnded) receiver.ended();
  }

  write(chunk: Uint8Array): boolean {
    const socket = this.#socket;
    if (this.#isOver || socket.writableEnded) return true;
    // What came together is written together, by one call of the system.
    if (!this.#isCorked) {
      this.#isCorked = true;
      socket.cork();
      queueMicrotask(() => {
        this.#isCorked = false;
        socket.uncork();
      });
    }
    return socket.write(chunk);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (!this.#socket.writableEnded) this.#socket.end();
  }

  finish(): void {
    if (!this.#begin()) return;
    // What still comes is read and dropped: to close a socket with unread data
    // would reset it, and the program would lose what it has not read yet.
    this.#socket.resume();
    this.end();
  }

  reset(): void {
    if (!this.#begin()) return;
    if (this.#socket.writableLength === 0) return this.#reset();
    this.#socket.write(new Uint8Array(0), () => this.#reset());
  }

  destroy(): void {
    this.#isOver = true;
    this.#socket.destroy();
  }

  #received(chunk: Bytes): void {
    if (this.#isOver) return;
    if (this.#receiver !== null) return this.#receiver.data(chunk);
    this.#early.push(chunk);
    this.#socket.pause();
  }

  #ended(): void {
    this.#hasEnded = true;
    if (!this.#isOver) this.#receiver?.ended();
  }

  /** Begins the end; false if it has begun, or is over. */
  #begin(): boolean {
    if (this.#isOver || this.#isClosed) return false;
    this.#isOver = true;
    this.#stopTimer = startTimer(CLOSE_TIMEOUT, () => this.#socket.destroy());
    return true;
  }

  #reset(): void {
    // A Unix socket cannot be reset, and Deno 2.5 resets none.
    const socket = this.#socket as Omit<Socket, "resetAndDestroy"> & {
      resetAndDestroy?(): void;
    };
    const isReset = socket.remoteAddress !== undefined &&
      socket.resetAndDestroy !== undefined;
    if (isReset) socket.resetAndDestroy!();
    else socket.destroy();
  }
}
