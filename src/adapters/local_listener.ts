import type { Server, Socket } from "node:net";
import { type Bytes, encodeText } from "../bytes.ts";
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

/** An error of the system; its message is the same on every runtime. */
function systemError(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

/** The longest path of a Unix socket, in bytes: `sun_path` without its NUL. */
const LONGEST_PATH = { linux: 107, others: 103 };

/**
 * Refuses a path that cannot be listened at, as the system does. Bun 1.3 removes
 * what is there, even a file or the socket of a running program, and Node 22 cuts
 * off what is too long.
 */
async function checkPath(path: string): Promise<void> {
  const { platform } = builtin("node:process");
  if (platform === "win32") return;
  const longest = LONGEST_PATH[platform === "linux" ? "linux" : "others"];
  if (encodeText(path).byteLength > longest) {
    throw systemError("ENAMETOOLONG", "the path is too long");
  }
  const isTaken = await builtin("node:fs").promises.lstat(path)
    .then(() => true, () => false);
  if (isTaken) {
    throw systemError("EADDRINUSE", "there is something at this path already");
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRINUSE: "the address is in use",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOENT: "its directory does not exist",
  ENOTDIR: "its directory is not one",
  ENOTFOUND: "the host name was not found",
};

/**
 * The error of `listen` with the same words on every runtime. Bun has no code for
 * an unknown name.
 */
function listenError(
  error: unknown,
  { hostname, path }: LocalAddress,
): unknown {
  let { code } = error as { code?: string };
  const isName = path === null && builtin("node:net").isIP(hostname) === 0;
  if (isName) code ??= "ENOTFOUND";
  // Node says so if the directory of a socket does not exist.
  if (path !== null && code === "EACCES" && isOrphan(path)) code = "ENOENT";
  // Deno says so of an address of another machine.
  if (path === null && code === "EINVAL") code = "EADDRNOTAVAIL";
  const reason = REASONS[code ?? ""];
  return reason === undefined ? error : systemError(code!, reason, error);
}

function isOrphan(path: string): boolean {
  const { existsSync } = builtin("node:fs");
  return !existsSync(builtin("node:path").dirname(path));
}

/**
 * Listens for local programs, by `node:net`, which Deno and Bun have, too.
 *
 * @throws An error with the system's code, for example `EADDRINUSE`.
 */
export async function listenLocally(
  wanted: LocalAddress,
  accept: (socket: LocalSocket) => void,
): Promise<LocalListener> {
  const { hostname, port, path } = wanted;
  if (path !== null) await checkPath(path);
  const { createServer } = builtin("node:net");
  // Not `pauseOnConnect`: Deno 2.5 never reads from such a socket.
  const options = { allowHalfOpen: true, noDelay: true };
  const server = createServer(options, (socket) => {
    accept(new NodeLocalSocket(socket));
  });
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error): void => reject(listenError(error, wanted));
    server.once("error", onError);
    server.listen(path === null ? { host: hostname, port } : { path }, () => {
      server.off("error", onError);
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
