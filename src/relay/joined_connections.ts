import type { Bytes } from "../bytes.ts";
import { KeepAlive } from "../session/keep_alive.ts";
import { startTimer } from "../timers.ts";
import type {
  CloseInfo,
  Connection,
  ConnectionReceiver,
} from "../transport/transport.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";
import type { RelayEndReason } from "./relay_event.ts";

/** The close codes that a relay sends to pages, beside 1000. */
export const RELAY_CLOSE_CODE = {
  /** The connection to the cluster was lost. */
  clusterLost: 4000,
  /** The relay was closed. */
  closed: 4001,
  /** What `authorize` allowed is not allowed any more. */
  revoked: 4003,
  /** Nothing was sent for too long. */
  idle: 4008,
  /** A message was too long. */
  tooLong: 4009,
} as const;

/** What a page reads of an end that the relay has decided on. */
const WORDS: Readonly<
  Partial<Record<RelayEndReason, { code: number; text: string }>>
> = {
  MessageTooLong: {
    code: RELAY_CLOSE_CODE.tooLong,
    text: "a message is longer than the relay allows",
  },
  Idle: {
    code: RELAY_CLOSE_CODE.idle,
    text: "nothing was sent for longer than the relay allows",
  },
  Revoked: {
    code: RELAY_CLOSE_CODE.revoked,
    text: "the session is not allowed any more",
  },
  Closed: { code: RELAY_CLOSE_CODE.closed, text: "the relay was closed" },
};

/** Pings between two ends that may be lost without a word. */
const KEEP_ALIVE = { interval: 30_000, timeout: 60_000, activity: Infinity };

/** How long a page may take to answer a Close frame, in milliseconds. */
const CLOSE_TIMEOUT = 1_000;

/** A message of a channel without a payload: a keep-alive. */
const EMPTY = 1;

/** Options of {@linkcode JoinedConnections}. */
export interface JoinOptions {
  /** Which of the two can ping. */
  readonly pings: { readonly page: boolean; readonly cluster: boolean };
  readonly maxMessageSize: number;
  /** Milliseconds; null: none. */
  readonly idleTimeout: number | null;
  /**
   * How long the cluster may take to accept what a page sent before it left, in
   * milliseconds.
   *
   * @default {5_000}
   */
  readonly acceptTime?: number;
}

/** How two joined connections ended. */
export interface JoinEnd {
  readonly reason: RelayEndReason;
  readonly closeCode: number | null;
  readonly error: unknown;
  readonly bytesFromPage: number;
  readonly bytesFromCluster: number;
}

/**
 * Joins a page's connection to one of the cluster: messages as they are, in both
 * directions, with backpressure where the runtime has it; the end of one is the
 * end of the other.
 */
export class JoinedConnections {
  /** Resolves once both are released. */
  readonly ended: Promise<JoinEnd>;
  readonly #page: Side;
  readonly #cluster: Side;
  readonly #idleTimeout: number | null;
  readonly #end = Promise.withResolvers<
    Pick<JoinEnd, "reason" | "closeCode" | "error">
  >();
  #over = false;
  #lastData = performance.now();
  #cancelIdle = (): void => {};
  #cancelWait = (): void => {};

  constructor(page: Connection, cluster: Connection, options: JoinOptions) {
    const { maxMessageSize, pings, acceptTime = 5_000 } = options;
    this.#idleTimeout = options.idleTimeout;
    const active = () => this.#lastData = performance.now();
    const shared = {
      limit: maxMessageSize,
      active,
      tooLong: () => this.end("MessageTooLong"),
    };
    this.#page = new Side(page, {
      ...shared,
      pings: pings.page,
      closed: (info) => this.#pageClosed(info),
    });
    this.#cluster = new Side(cluster, {
      ...shared,
      pings: pings.cluster,
      closed: (info) => this.#clusterClosed(info),
    });
    this.ended = this.#released();
    this.#watchIdle(options.idleTimeout);
    // While it is paused, a page's end is not delivered.
    page.released.then(() => this.#pageReleased(acceptTime));
    this.#page.open(this.#cluster);
    this.#cluster.open(this.#page);
  }

  /** Ends both connections; a page that still reads the last output, too. */
  end(reason: RelayEndReason): void {
    const { code, text } = WORDS[reason] ?? { code: 1000, text: "" };
    if (this.#finish({ reason, closeCode: null, error: null })) {
      this.#page.connection.close(code, text);
      this.#cluster.connection.close();
    }
    this.#abortPageLater();
  }

  /** It has nothing to read that is worth the longer wait of its own. */
  #abortPageLater(): void {
    const { connection } = this.#page;
    const cancel = startTimer(CLOSE_TIMEOUT, () => connection.abort());
    connection.released.then(cancel);
  }

  #pageClosed({ code, error }: CloseInfo): void {
    if (
      !this.#finish({
        reason: "PageLeft",
        closeCode: code,
        error: error ?? null,
      })
    ) return;
    this.#page.connection.close();
    this.#abortPageLater();
    this.#cluster.connection.close();
  }

  /** A lost connection must not look like a regular end. */
  #clusterClosed({ code, error }: CloseInfo): void {
    const reason = "ClusterEnded";
    if (!this.#finish({ reason, closeCode: code, error: error ?? null })) {
      return;
    }
    this.#cluster.connection.close();
    const regular = code === CLOSE_CODE.normal || code === CLOSE_CODE.noStatus;
    if (regular) this.#page.connection.close();
    else {
      this.#page.connection.close(
        RELAY_CLOSE_CODE.clusterLost,
        "the connection to the cluster was lost",
      );
    }
  }

  #pageReleased(acceptTime: number): void {
    if (this.#over) return;
    this.#cancelWait = startTimer(acceptTime, () => {
      this.#pageClosed({ code: CLOSE_CODE.abnormal, reason: "" });
    });
  }

  #watchIdle(milliseconds: number | null): void {
    if (milliseconds === null || this.#over) return;
    this.#cancelIdle = startTimer(milliseconds, () => {
      const left = this.#lastData + this.#idleTimeout! - performance.now();
      if (left <= 0) this.end("Idle");
      else this.#watchIdle(Math.ceil(left));
    });
  }

  #finish(end: Pick<JoinEnd, "reason" | "closeCode" | "error">): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#cancelIdle();
    this.#cancelWait();
    this.#page.stop();
    this.#cluster.stop();
    this.#end.resolve(end);
    return true;
  }

  async #released(): Promise<JoinEnd> {
    const end = await this.#end.promise;
    await Promise.all([
      this.#page.connection.released,
      this.#cluster.connection.released,
    ]);
    return {
      ...end,
      bytesFromPage: this.#page.received,
      bytesFromCluster: this.#cluster.received,
    };
  }
}

interface SideOptions {
  readonly limit: number;
  readonly pings: boolean;
  /** Data arrived. */
  active(): void;
  /** A message is longer than the limit. */
  tooLong(): void;
  closed(info: CloseInfo): void;
}

/** One of two joined connections. */
class Side implements ConnectionReceiver {
  readonly connection: Connection;
  /** Bytes of the messages received. */
  received = 0;
  readonly #options: SideOptions;
  readonly #keepAlive: KeepAlive | null;
  #other: Side | null = null;
  /** The parts of a message that is not complete. */
  #parts: Bytes[] = [];
  #size = 0;
  /** Whether it waits for room of the other. */
  #paused = false;
  /** Whether the other waits for room of this one. */
  #full = false;

  constructor(connection: Connection, options: SideOptions) {
    this.connection = connection;
    this.#options = options;
    this.#keepAlive = options.pings ? this.#startKeepAlive() : null;
  }

  /** Starts to forward to `other`. */
  open(other: Side): void {
    this.#other = other;
    this.connection.open(this);
  }

  stop(): void {
    this.#keepAlive?.stop();
    this.#parts = [];
  }

  data(part: Bytes, last: boolean): void {
    this.#keepAlive?.received(performance.now());
    this.#size += part.byteLength;
    this.received += part.byteLength;
    if (this.#size > this.#options.limit) return this.#options.tooLong();
    this.#parts.push(part);
    if (!last) return;
    if (this.#size > EMPTY) this.#options.active();
    const parts = this.#parts;
    [this.#parts, this.#size] = [[], 0];
    if (this.#other!.send(parts)) return;
    this.#paused = true;
    this.connection.pause();
  }

  /** Sends a message to this one; false: the other has to wait. */
  send(parts: readonly Bytes[]): boolean {
    const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#keepAlive?.sent(length);
    this.#full = !this.connection.send(parts);
    return !this.#full;
  }

  drained(): void {
    this.#full = false;
    this.#other!.roomAgain();
  }

  roomAgain(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.connection.resume();
  }

  pong(): void {
    this.#keepAlive?.pong();
  }

  closed(info: CloseInfo): void {
    this.#options.closed(info);
  }

  #startKeepAlive(): KeepAlive {
    const { connection } = this;
    return new KeepAlive(KEEP_ALIVE, {
      ping: () => connection.ping(),
      idle: () => 0,
      sendEmpty: () => {},
      stalled: () => {
        // Not for a pong: the system of a peer that is gone answers with a
        // reset, which is noticed although nothing is read.
        if (this.#paused) connection.ping();
        return this.#paused || this.#full;
      },
      lost: () => {
        this.#options.closed({ code: CLOSE_CODE.abnormal, reason: "" });
      },
    });
  }
}
