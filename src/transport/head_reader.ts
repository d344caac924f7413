import type { Bytes } from "../bytes.ts";
import { connectError } from "./connect_error.ts";
import { hostAndPort } from "./address.ts";
import { type ResponseHead, ResponseHeadParser } from "../http/head.ts";
import type { ByteDuplex, DialTarget, DuplexReceiver } from "./duplex.ts";

/** The first byte of what a TLS server says to plain HTTP (RFC 8446, 5.1). */
const TLS_ALERT = 0x15;

/** Whose answer is read. */
export type AnswerTarget = Pick<DialTarget, "hostname" | "port" | "tls">;

/**
 * Receives a duplex's bytes up to the end of a response's head. Whoever takes
 * over then gets those that follow, from the first.
 */
export class HeadReader implements DuplexReceiver {
  /** Rejects with `ConnectError` or `ProtocolError`. */
  readonly head: Promise<ResponseHead>;
  readonly #duplex: ByteDuplex;
  readonly #target: AnswerTarget;
  readonly #resolve: (head: ResponseHead) => void;
  readonly #reject: (error: unknown) => void;
  #parser: ResponseHeadParser | null = new ResponseHeadParser();
  #waiting: Bytes[] = [];
  #ending: { error?: Error } | null = null;

  /** @param target Who is to answer, for messages. */
  constructor(duplex: ByteDuplex, target: AnswerTarget) {
    this.#duplex = duplex;
    this.#target = target;
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
    this.#duplex.open(receiver);
    for (const chunk of this.#waiting.splice(0)) receiver.data(chunk);
    if (this.#ending) receiver.ended(this.#ending.error);
  }

  data(chunk: Bytes): void {
    if (this.#parser) this.#parse(chunk);
    else this.#waiting.push(chunk);
  }

  drained(): void {}

  ended(error?: Error): void {
    this.#ending = { error };
    this.#fail(
      error ?? asIfReset("the server closed the connection without an answer"),
    );
  }

  #fail(cause: Error): void {
    const { hostname, port } = this.#target;
    const where = hostAndPort(hostname, port);
    this.#reject(connectError(cause, where, this.#target));
  }

  /** Interim responses but 101 say nothing that we wait for (RFC 9110, 15.2). */
  #parse(chunk: Bytes): void {
    if (this.#target.tls === null && chunk[0] === TLS_ALERT) {
      this.#parser = null;
      return this.#fail(asIfReset("the server speaks TLS"));
    }
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

function asIfReset(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
