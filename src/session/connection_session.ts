import type { Bytes } from "../bytes.ts";
import { setMessage } from "../call_site.ts";
import type { ChannelOutputs } from "../streams/demultiplexer.ts";
import type { CloseInfo, Connection } from "../transport/transport.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";
import { IdleTime } from "./idle_time.ts";
import {
  KeepAlive,
  type KeepAliveSettings,
  type KeepAliveTarget,
} from "./keep_alive.ts";
import type { SessionOutcome } from "./outcome.ts";

/** Options of a {@linkcode ConnectionSession}. */
export interface ConnectionSessionOptions {
  readonly connection: Connection;
  readonly keepAlive: KeepAliveSettings | false;
  /** Whether the reading side is paused. */
  readonly paused: () => boolean;
  /** Hides our credentials in text of the server's; defaults to no change. */
  readonly hideCredentials?: ((text: string) => string) | undefined;
  /** Defaults to `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * One live WebSocket of a call, with exactly one outcome: its keep-alive, the
 * state of its send buffer, and its end. What the messages mean is up to the
 * classes that extend it: an exec or attach, or a forwarded port.
 */
export abstract class ConnectionSession<O extends SessionOutcome>
  implements KeepAliveTarget {
  readonly #connection: Connection;
  readonly #sinks: ChannelOutputs;
  readonly #paused: () => boolean;
  readonly #keepAlive: KeepAlive | null = null;
  readonly #sendBuffer = new SendBufferState();
  readonly #hide: (text: string) => string;
  readonly #now: () => number;
  readonly #idle: IdleTime;
  readonly #onEnd: ((outcome: O) => void)[] = [];
  #outcome: O | null = null;
  #settled: PromiseWithResolvers<O> | null = null;

  /** @param sinks They get the end. */
  constructor(options: ConnectionSessionOptions, sinks: ChannelOutputs) {
    const { connection, keepAlive, paused } = options;
    this.#connection = connection;
    this.#paused = paused;
    this.#sinks = sinks;
    this.#hide = options.hideCredentials ?? unchanged;
    this.#now = options.now ?? performanceNow;
    this.#idle = new IdleTime(this.#now());
    if (keepAlive !== false) {
      this.#keepAlive = new KeepAlive(keepAlive, this);
    }
  }

  /** For the keep-alive. */
  idle(): number {
    return this.#idle.duration(this.#now());
  }

  /** For the keep-alive. */
  stalled(): boolean {
    return this.#sendBuffer.full || this.#paused();
  }

  /** For the keep-alive. */
  lost(silence: number): void {
    this.silent(
      `nothing was received for ${Math.round(silence)} ms, ` +
        `not even an answer to a ping`,
    );
  }

  /** Receives a part of a message. */
  protected abstract received(part: Bytes, last: boolean): void;

  /** The connection has ended. */
  protected abstract closed(closeInfo: CloseInfo): void;

  /** The server is gone: nothing was received for too long. */
  protected abstract silent(reason: string): void;

  /** The rejection of an action on the ended session. */
  abstract endedReason(action: string): unknown;

  /** The action of a writer, for messages. */
  protected abstract readonly writeAction: string;

  /** Starts to receive. */
  start(): void {
    this.#connection.open({
      data: (part, last) => this.#data(part, last),
      drained: () => this.drainedNow(),
      pong: () => this.ponged(),
      closed: (info) => {
        const reason = this.#hide(info.reason);
        // A ProtocolError quotes the server, too.
        const message = info.error?.message ?? "";
        const shown = this.#hide(message);
        if (shown !== message) setMessage(info.error!, shown);
        this.closed(this.#idle.explain({ ...info, reason }, this.#now()));
      },
    });
  }

  /** Resolves with the outcome; never rejects. */
  get settled(): Promise<O> {
    if (this.#settled === null) {
      this.#settled = Promise.withResolvers<O>();
      if (this.#outcome !== null) this.#settled.resolve(this.#outcome);
    }
    return this.#settled.promise;
  }

  /** The outcome; null while the session lives. */
  get outcome(): O | null {
    return this.#outcome;
  }

  /** Resolves when the socket is released. */
  get released(): Promise<void> {
    return this.#connection.released;
  }

  /** Calls `callback` at the end, before `settled` resolves. */
  onEnd(callback: (outcome: O) => void): void {
    if (this.#outcome !== null) callback(this.#outcome);
    else this.#onEnd.push(callback);
  }

  /** Resolves when the socket has room again; rejects at the end. */
  drained(): Promise<void> {
    return this.#sendBuffer.wait();
  }

  /** Hides our credentials in text of the server's. */
  protected hide(text: string): string {
    return this.#hide(text);
  }

  /**
   * Sends one message; false when the socket's buffer is full.
   *
   * @param input How many bytes a process, which may not read them, is to get.
   */
  protected sendMessage(parts: readonly Uint8Array[], input = 0): boolean {
    if (this.#outcome !== null) return false;
    this.#idle.end(this.#now());
    const hasRoom = this.#connection.send(parts);
    this.#sendBuffer.sent(hasRoom);
    if (input > 0) this.#keepAlive?.sent(input);
    return hasRoom;
  }

  /** Sends what the peer answers; `ponged` is called then. */
  ping(): void {
    this.#connection.ping();
  }

  /** An answer to a ping arrived. */
  protected ponged(): void {
    this.#keepAlive?.pong();
  }

  /** An empty message: servers count it as activity, and skip it. */
  sendEmpty(): void {
    this.sendMessage([]);
  }

  /** The socket has room again. */
  protected drainedNow(): void {
    this.#sendBuffer.drained();
  }

  /**
   * Ends the session; only the first ending counts.
   *
   * @param isSilent Whether the server is gone, so that no close is begun.
   */
  protected finish(outcome: O, isSilent: boolean): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.#keepAlive?.stop();
    if (isSilent) this.#connection.abort();
    else this.#connection.close(CLOSE_CODE.normal);
    for (const sink of this.#sinks) {
      if (outcome.broken === undefined) sink?.end();
      else sink?.fail(outcome.broken.reason, outcome.drop);
    }
    this.#sendBuffer.fail(() => this.endedReason(this.writeAction));
    for (const callback of this.#onEnd) callback(outcome);
    this.#settled?.resolve(outcome);
  }

  #data(part: Bytes, last: boolean): void {
    // Read once: on some runtimes the clock costs more than the rest of this.
    const now = this.#now();
    this.#idle.end(now);
    this.#keepAlive?.received(now);
    this.received(part, last);
  }
}

const unchanged = (text: string): string => text;
const performanceNow = (): number => performance.now();

/** Whether the socket's buffer is full, and a wait for room in it. */
class SendBufferState {
  #full = false;
  #waiting: PromiseWithResolvers<void> | null = null;
  #failure: (() => unknown) | null = null;

  /** Whether the buffer is full. */
  get full(): boolean {
    return this.#full;
  }

  /** Takes the result of a send. */
  sent(hasRoom: boolean): void {
    if (!hasRoom) this.#full = true;
  }

  /** Resolves when there is room; rejects at the end of the session. */
  wait(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure());
    if (!this.#full) return Promise.resolve();
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /** The buffer has room again. */
  drained(): void {
    this.#full = false;
    this.#waiting?.resolve();
    this.#waiting = null;
  }

  /** The session has ended: waits reject with a new `reason()` each. */
  fail(reason: () => unknown): void {
    this.#failure = reason;
    this.#waiting?.reject(reason());
    this.#waiting = null;
  }
}
