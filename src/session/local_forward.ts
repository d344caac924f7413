import type { Bytes } from "../bytes.ts";
import { startTimer } from "../timers.ts";
import type { LocalSocket } from "../transport/local_socket.ts";
import type { Connection } from "../transport/transport.ts";
import { PortSession, type PortSessionOptions } from "./port_session.ts";

/** The most bytes in one message. */
const CHUNK = 32 * 1024;

/**
 * How long the pod may be silent after the local program has ended its side, on
 * a protocol that cannot pass that on, in milliseconds. A program that has closed
 * its socket looks the same; containerd ends both sides a second after one.
 */
const SILENCE_AFTER_END = 1_000;

/** One connection of a local program, forwarded to a port of a pod. */
export class LocalForward {
  /** Resolves with why it failed, or null, once both sockets are released. */
  readonly done: Promise<unknown>;
  readonly #socket: LocalSocket;
  readonly #connection: Connection;
  readonly #session: PortSession;
  /** Why the session failed; not the end of the local program. */
  #failure: unknown = null;
  /** Whether the WebSocket is paused for the local program. */
  #paused = false;
  #localEnded = false;
  #podEnded = false;
  #hasNews = false;
  #stopTimer = (): void => {};

  constructor(
    socket: LocalSocket,
    options: Omit<PortSessionOptions, "output" | "paused">,
  ) {
    this.#socket = socket;
    const connection = this.#connection = options.connection;
    const session = this.#session = new PortSession({
      ...options,
      paused: () => this.#paused,
      output: {
        data: (part, start = 0) => this.#fromPod(part, start),
        end: () => this.#podEnd(),
        fail: (_reason, drop) => drop ? socket.destroy() : socket.reset(),
      },
    });
    session.onEnd(({ failure, drop }) => {
      this.#stopTimer();
      if (failure === undefined && !drop) socket.finish();
      else if (!drop) this.#failure = failure?.reason ?? null;
    });
    this.done = Promise.all([socket.released, connection.released])
      .then(() => this.#failure);
  }

  /** Starts both directions. */
  start(): void {
    this.#session.start();
    this.#socket.open({
      data: (chunk) => this.#toPod(chunk),
      drained: () => this.#drained(),
      ended: () => this.#localEnd(),
      closed: (error) => this.#localClosed(error),
    });
  }

  /** Drops both sides. */
  close(): void {
    this.#session.end({ kind: "disposed" });
    this.#socket.destroy();
  }

  /** Calls `callback` with the failure, or null, when the session has ended. */
  onEnd(callback: (failure: unknown) => void): void {
    this.#session.onEnd(() => callback(this.#failure));
  }

  #fromPod(part: Bytes, start: number): void {
    this.#hasNews = true;
    const room = this.#socket.write(start === 0 ? part : part.subarray(start));
    if (room || this.#paused) return;
    this.#paused = true;
    this.#connection.pause();
  }

  #drained(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#connection.resume();
  }

  #toPod(chunk: Bytes): void {
    const session = this.#session;
    let room = true;
    for (let at = 0; at < chunk.byteLength; at += CHUNK) {
      room = session.send(chunk.subarray(at, at + CHUNK));
    }
    if (room) return;
    this.#socket.pause();
    session.drained().then(() => this.#socket.resume(), () => {});
  }

  #podEnd(): void {
    this.#podEnded = true;
    this.#socket.end();
  }

  #localEnd(): void {
    this.#localEnded = true;
    if (this.#session.halfClose) this.#session.finishInput();
    else this.#awaitSilence();
  }

  #awaitSilence(): void {
    if (this.#session.outcome !== null) return;
    this.#hasNews = this.#paused;
    this.#stopTimer = startTimer(SILENCE_AFTER_END, () => {
      if (this.#hasNews) this.#awaitSilence();
      else this.#session.end({ kind: "complete" });
    }, { steps: 4 });
  }

  /** Both sides may have ended, and the node has yet to say how. */
  #localClosed(error: Error | undefined): void {
    if (this.#localEnded && this.#podEnded && error === undefined) return;
    const reason = error ?? new Error("the local program closed its socket");
    if (this.#session.outcome !== null) return;
    this.#session.end({ kind: "aborted", reason });
  }
}
