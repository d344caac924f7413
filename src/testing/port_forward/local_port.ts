import type { Socket } from "node:net";
import type { Bytes } from "../../bytes.ts";
import { startTimer } from "../../timers.ts";
import { drained, plainBytes, resetSocket } from "../server/server_socket.ts";
import { openSocket } from "../server/open_socket.ts";
import {
  CONNECTION_RESET,
  type PortConnection,
  type PortReceiver,
  refusedPort,
} from "./port_connection.ts";

/** Milliseconds that a pod has to end its side once the client is gone. */
const CLOSING_TIME = 1_000;

/**
 * Connects to a port of this machine, over IPv4 and then IPv6, as containerd
 * does.
 *
 * @throws {Error} Nobody listens there.
 */
export async function connectLocalPort(
  port: number,
  gone: AbortSignal,
): Promise<PortConnection> {
  const errors: string[] = [];
  for (const host of ["127.0.0.1", "::1"]) {
    try {
      return new LocalPort(await openSocket(host, port), gone);
    } catch (error) {
      errors.push(wordsOf(error));
    }
  }
  throw refusedPort(port, errors as [string, string]);
}

/** As Go words the errors of system calls. */
function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ECONNRESET") return "connection reset by peer";
  if (code === "EPIPE") return "broken pipe";
  return code ?? message;
}

/** A connection to a port of this machine. */
class LocalPort implements PortConnection {
  readonly #socket: Socket;
  readonly #gone: AbortSignal;
  readonly #podGone = (): void => {
    this.#fail(CONNECTION_RESET);
    resetSocket(this.#socket);
  };
  #receiver: PortReceiver | null = null;
  #outputEnded = false;
  #stopClosing: () => void = () => {};

  constructor(socket: Socket, gone: AbortSignal) {
    this.#socket = socket;
    this.#gone = gone;
    socket.on("error", (error) => {
      const words = wordsOf(error);
      this.#fail(`${words === "broken pipe" ? "write" : "read"}: ${words}`);
    });
    socket.once("close", () => {
      gone.removeEventListener("abort", this.#podGone);
      this.#stopClosing();
      // Where a reset shows as nothing else.
      if (!this.#outputEnded) this.#fail(CONNECTION_RESET);
    });
    gone.addEventListener("abort", this.#podGone);
    if (gone.aborted) this.#podGone();
  }

  open(receiver: PortReceiver): void {
    if (this.#socket.destroyed) return receiver.failed(CONNECTION_RESET);
    this.#receiver = receiver;
    this.#socket.once("end", () => {
      this.#outputEnded = true;
      this.#receiver?.ended();
    });
    this.#socket.on("data", (chunk: Uint8Array) => {
      this.#receiver?.data(plainBytes(chunk));
    });
  }

  write(bytes: Bytes): boolean {
    return this.#socket.destroyed || this.#socket.write(bytes);
  }

  drained(): Promise<void> {
    return drained(this.#socket);
  }

  end(): void {
    this.#socket.end();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  release(): void {
    this.#receiver = null;
    const { destroyed } = this.#socket;
    if (destroyed) return;
    this.#stopClosing = startTimer(CLOSING_TIME, () => this.#socket.destroy());
    this.#socket.end();
    this.#socket.resume();
  }

  #fail(reason: string): void {
    const receiver = this.#receiver;
    this.#receiver = null;
    receiver?.failed(reason);
  }
}
