import { type Bytes, encodeText } from "../../bytes.ts";
import { Notifier } from "../notifier.ts";
import type { PodConnection, PortHandler } from "./pod_connection.ts";
import {
  CONNECTION_RESET,
  type PortConnection,
  type PortReceiver,
  type PortTarget,
} from "./port_connection.ts";

/** Bytes that may be queued before the client has to wait. */
const LIMIT = 64 * 1024;

/** A connection that a function serves. */
export class HandledPort implements PortConnection {
  readonly #handler: PortHandler;
  readonly #port: number;
  readonly #target: PortTarget;
  readonly #abort = new AbortController();
  readonly #drain = new Notifier();
  readonly #podGone = (): void => this.#break("the pod is gone");
  #receiver: PortReceiver | null = null;
  #readable!: ReadableStreamDefaultController<Bytes>;
  #writable!: WritableStreamDefaultController;
  #inputEnded = false;
  #outputEnded = false;
  /** Set while the client has no room. */
  #room: PromiseWithResolvers<void> | null = null;

  constructor(handler: PortHandler, port: number, target: PortTarget) {
    this.#handler = handler;
    this.#port = port;
    this.#target = target;
  }

  open(receiver: PortReceiver): void {
    this.#receiver = receiver;
    this.#target.gone.addEventListener("abort", this.#podGone);
    this.#serve(this.#connection());
    if (this.#target.gone.aborted) this.#podGone();
  }

  write(bytes: Bytes): boolean {
    if (this.#inputEnded) return true;
    this.#readable.enqueue(bytes.slice());
    return this.#hasRoom;
  }

  drained(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : this.#drain.wait();
  }

  end(): void {
    if (this.#inputEnded) return;
    this.#readable.close();
    this.#inputHasEnded();
  }

  pause(): void {
    this.#room ??= Promise.withResolvers();
  }

  resume(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  release(): void {
    this.#receiver = null;
    this.end();
    this.#stop(new Error("the client is gone"));
  }

  #connection(): PodConnection {
    const { pod, namespace } = this.#target;
    return {
      pod,
      namespace,
      port: this.#port,
      readable: new ReadableStream<Bytes>({
        start: (controller) => {
          this.#readable = controller;
        },
        pull: () => this.#drain.notify(),
        cancel: () => this.#inputHasEnded(),
      }, { highWaterMark: LIMIT, size: (bytes) => bytes.byteLength }),
      writable: new WritableStream<string | Uint8Array>({
        start: (controller) => {
          this.#writable = controller;
        },
        write: (chunk) => this.#write(chunk),
        close: () => this.#endOutput(),
        abort: () => this.#break("the connection was reset"),
      }),
      signal: this.#abort.signal,
    };
  }

  async #serve(connection: PodConnection): Promise<void> {
    try {
      const served = this.#handler(connection);
      if (served === undefined) return;
      await served;
      this.#endOutput();
      this.end();
    } catch {
      this.#break("the handler has failed");
    }
  }

  async #write(chunk: string | Uint8Array): Promise<void> {
    const bytes = typeof chunk === "string" ? encodeText(chunk) : chunk.slice();
    this.#receiver?.data(bytes as Bytes);
    await this.#room?.promise;
  }

  #endOutput(): void {
    if (this.#outputEnded) return;
    this.#outputEnded = true;
    this.#receiver?.ended();
  }

  /** Resets the connection. */
  #break(reason: string): void {
    const receiver = this.#receiver;
    this.#receiver = null;
    if (!this.#inputEnded) this.#readable.error(new Error(reason));
    this.#inputHasEnded();
    this.#stop(new Error(reason));
    receiver?.failed(CONNECTION_RESET);
  }

  #stop(reason: Error): void {
    this.#outputEnded = true;
    this.#target.gone.removeEventListener("abort", this.#podGone);
    this.#writable.error(reason);
    this.resume();
    this.#abort.abort(reason);
  }

  get #hasRoom(): boolean {
    return this.#inputEnded || this.#readable.desiredSize! > 0;
  }

  #inputHasEnded(): void {
    this.#inputEnded = true;
    this.#drain.notify();
  }
}
