import type { Bytes } from "../bytes.ts";
import { connectError } from "./connect_error.ts";
import { type ResponseHead, ResponseHeadParser } from "../http/head.ts";
import type { ByteDuplex, DuplexReceiver } from "./duplex.ts";

/**
 * Receives a duplex's bytes up to the end of a response's head. Whoever takes
 * over then gets those that follow, from the first.
 */
export class HeadReader implements DuplexReceiver {
  /** Rejects with `ConnectError` or `ProtocolError`. */
  readonly head: Promise<ResponseHead>;
  readonly #duplex: ByteDuplex;
  readonly #where: string;
  readonly #resolve: (head: ResponseHead) => void;
  readonly #reject: (error: unknown) => void;
  #parser: ResponseHeadParser | null = new ResponseHeadParser();
  #next: DuplexReceiver | null = null;
  #waiting: Bytes[] = [];
  #ending: { error?: Error } | null = null;

  /** @param where Host and port, for messages. */
  constructor(duplex: ByteDuplex, where: string) {
    this.#duplex = duplex;
    this.#where = where;
    const { promise, resolve, reject } = Promise.withResolvers<ResponseHead>();
    this.head = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // It may fail before anyone waits for it.
    promise.catch(() => {});
    duplex.open(this);
  }

  /**
   * Hands on what came after the head, before this returns, and all that
   * follows. The duplex is paused: resume it.
   */
  takeOver(receiver: DuplexReceiver): void {
    this.#next = receiver;
    for (const chunk of this.#waiting.splice(0)) receiver.data(chunk);
    if (this.#ending) receiver.ended(this.#ending.error);
  }

  data(chunk: Bytes): void {
    if (this.#next) this.#next.data(chunk);
    else if (this.#parser) this.#parse(chunk);
    else this.#waiting.push(chunk);
  }

  drained(): void {
    this.#next?.drained();
  }

  ended(error?: Error): void {
    this.#ending = { error };
    if (this.#next) return this.#next.ended(error);
    const cause = error ?? Object.assign(
      new Error("the server closed the connection without an answer"),
      { code: "ECONNRESET" },
    );
    this.#reject(connectError(cause, this.#where));
  }

  /** Interim responses but 101 say nothing that we wait for (RFC 9110, 15.2). */
  #parse(chunk: Bytes): void {
    try {
      let bytes = chunk;
      while (this.#parser && bytes.byteLength > 0) {
        const head = this.#parser.feed(bytes);
        if (head === null) return;
        bytes = this.#parser.rest;
        const interim = head.status < 200 && head.status !== 101;
        this.#parser = interim ? new ResponseHeadParser() : null;
        if (!interim) this.#found(head, bytes);
      }
    } catch (error) {
      this.#parser = null;
      this.#reject(error);
    }
  }

  #found(head: ResponseHead, rest: Bytes): void {
    this.#duplex.pause();
    if (rest.byteLength > 0) this.#waiting.push(rest);
    this.#resolve(head);
  }
}
