import type { Bytes } from "../bytes.ts";
import { connectError } from "./connect_error.ts";
import { connectHint } from "./connect_hint.ts";
import { hostAndPort } from "./address.ts";
import { FinalHeadParser, type ResponseHead } from "../http/head.ts";
import type { DialTarget } from "./dial.ts";
import type { ByteDuplex, DuplexReceiver } from "./duplex.ts";

/** The first byte of a TLS server's response to plain HTTP (RFC 8446, 5.1). */
const TLS_ALERT = 0x15;

const NOOP = (): void => {};

/** The server whose response is read. */
export type ResponseTarget = Pick<DialTarget, "hostname" | "port" | "tls">;

/**
 * Reads a response's head from a duplex. The bytes after the head are kept for
 * the receiver given to `deliverTo`.
 */
export class HeadReader implements DuplexReceiver {
  /** Rejects with `ConnectError` or `ProtocolError`. */
  readonly head: Promise<ResponseHead>;
  readonly drained: () => void;
  readonly #duplex: ByteDuplex;
  readonly #target: ResponseTarget;
  readonly #resolve: (head: ResponseHead) => void;
  readonly #reject: (error: unknown) => void;
  #parser: FinalHeadParser | null = new FinalHeadParser();
  #waiting: Bytes[] = [];
  #ending: { error?: Error } | null = null;
  #received = false;

  /**
   * @param target The server, for error messages.
   * @param onDrained Called when the duplex has room again, also while a
   * `ResponseBody` reads.
   */
  constructor(
    duplex: ByteDuplex,
    target: ResponseTarget,
    onDrained: () => void = NOOP,
  ) {
    this.#duplex = duplex;
    this.#target = target;
    this.drained = onDrained;
    const { promise, resolve, reject } = Promise.withResolvers<ResponseHead>();
    this.head = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // May reject before anything awaits it.
    promise.catch(() => {});
    duplex.open(this);
  }

  /** Whether the connection ended before any byte of a response. */
  get unanswered(): boolean {
    return this.#ending !== null && !this.#received;
  }

  /**
   * Delivers the bytes after the head to `receiver`, those already read before
   * this returns. The duplex is paused; the receiver has to resume it.
   */
  deliverTo(receiver: DuplexReceiver): void {
    this.#duplex.open(receiver);
    for (const chunk of this.#waiting.splice(0)) receiver.data(chunk);
    if (this.#ending) receiver.ended(this.#ending.error);
  }

  data(chunk: Bytes): void {
    this.#received = true;
    if (this.#parser) this.#parse(chunk);
    else this.#waiting.push(chunk);
  }

  ended(error?: Error): void {
    this.#ending = { error };
    this.#fail(
      error ??
        resetError("the server closed the connection without a response"),
    );
  }

  #fail(cause: Error): void {
    const { hostname, port } = this.#target;
    const where = hostAndPort(hostname, port);
    const hint = connectHint(cause, this.#target);
    this.#reject(connectError(cause, where, hint));
  }

  #parse(chunk: Bytes): void {
    if (this.#target.tls === null && chunk[0] === TLS_ALERT) {
      this.#parser = null;
      return this.#fail(resetError("the server speaks TLS"));
    }
    try {
      const parser = this.#parser!;
      const head = parser.feed(chunk);
      if (head === null) return;
      this.#parser = null;
      this.#found(head, parser.rest);
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

function resetError(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
