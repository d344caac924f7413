import { type Bytes, decodeText } from "../bytes.ts";
import { setMessage } from "../call_site.ts";
import { CHANNEL, channelPrefix, encodeHalfClose } from "../channel/frame.ts";
import { mapTexts, parseStatus } from "../channel/status_frame.ts";
import { ConnectionLostError, type PodwireError } from "../errors.ts";
import type { Status } from "../status.ts";
import { type ChannelSink, Demultiplexer } from "../streams/demultiplexer.ts";
import type { CloseInfo, Connection } from "../transport/transport.ts";
import { KeepAlive, type KeepAliveSettings } from "./keep_alive.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";
import { endedError, type Ending, type Outcome, outcomeOf } from "./outcome.ts";

/** How long to wait for the close after a status that cannot be read, in ms. */
const CLOSE_AFTER_UNREADABLE = 1_000;

/** Options of a {@linkcode ChannelSession}. */
export interface ChannelSessionOptions {
  readonly connection: Connection;
  readonly stdout: ChannelSink | null;
  readonly stderr: ChannelSink | null;
  readonly keepAlive: KeepAliveSettings | false;
  /** Whether the reading side is paused. */
  readonly paused: () => boolean;
  /** Hides our credentials in text of the server's; defaults to no change. */
  readonly hideCredentials?: (text: string) => string;
  /** The error of a status by which the command was not even started. */
  readonly refusal?: ((status: Status) => PodwireError | null) | undefined;
  /** Defaults to `performance.now`. */
  readonly now?: () => number;
}

/**
 * One live exec or attach: channels in, channels out, and exactly one outcome.
 * `run` and `StreamSession` both use it.
 */
export class ChannelSession {
  /** Resolves with the outcome; never rejects. */
  readonly settled: Promise<Outcome>;
  readonly #connection: Connection;
  readonly #sinks: readonly (ChannelSink | null)[];
  readonly #demultiplexer: Demultiplexer;
  readonly #keepAlive: KeepAlive | null = null;
  readonly #sendBuffer = new SendBufferState();
  readonly #hide: (text: string) => string;
  readonly #refusal: ChannelSessionOptions["refusal"];
  readonly #now: () => number;
  readonly #idle: IdleTime;
  readonly #onEnd: ((outcome: Outcome) => void)[] = [];
  #settle!: (outcome: Outcome) => void;
  #outcome: Outcome | null = null;
  #unreadable: ReturnType<typeof setTimeout> | undefined;
  #unparsedStatus: string | null = null;

  constructor(options: ChannelSessionOptions) {
    const { connection, stdout, stderr, keepAlive, paused } = options;
    this.#connection = connection;
    this.#hide = options.hideCredentials ?? ((text) => text);
    this.#refusal = options.refusal;
    this.#now = options.now ?? (() => performance.now());
    this.#idle = new IdleTime(this.#now());
    this.#sinks = [stdout, stderr];
    this.settled = new Promise((resolve) => this.#settle = resolve);
    this.#demultiplexer = new Demultiplexer({
      stdout,
      stderr,
      status: (payload) => this.#status(payload),
    }, connection.transfersBuffers === true);
    if (keepAlive !== false) {
      this.#keepAlive = new KeepAlive(keepAlive, {
        ping: () => connection.ping(),
        idle: () => this.#idle.duration(this.#now()),
        sendEmpty: () => this.#sendEmpty(),
        stalled: () => this.#sendBuffer.full || paused(),
        lost: (silence) => this.#silent(silence),
      });
    }
  }

  /** Starts to receive. */
  start(): void {
    this.#connection.open({
      data: (part, last) => this.#data(part, last),
      drained: () => this.#sendBuffer.drained(),
      pong: () => this.#keepAlive?.pong(),
      closed: (info) => {
        const reason = this.#hide(info.reason);
        // A ProtocolError quotes the server, too.
        const message = info.error?.message ?? "";
        const shown = this.#hide(message);
        if (shown !== message) setMessage(info.error!, shown);
        const closeInfo = this.#idle.explain({ ...info, reason }, this.#now());
        this.end({ kind: "closed", closeInfo });
      },
    });
  }

  /** The outcome; null while the session lives. */
  get outcome(): Outcome | null {
    return this.#outcome;
  }

  /** The text of a status that could not be parsed; null if none arrived. */
  get unparsedStatus(): string | null {
    return this.#unparsedStatus;
  }

  /** Resolves when the socket is released. */
  get released(): Promise<void> {
    return this.#connection.released;
  }

  /** Calls `callback` at the end, before `settled` resolves. */
  onEnd(callback: (outcome: Outcome) => void): void {
    if (this.#outcome !== null) callback(this.#outcome);
    else this.#onEnd.push(callback);
  }

  /** Sends bytes on a channel; false when the socket's buffer is full. */
  send(channel: number, payload: Uint8Array): boolean {
    if (this.#outcome !== null) return false;
    this.#idle.end(this.#now());
    const hasRoom = this.#connection.send([channelPrefix(channel), payload]);
    this.#sendBuffer.sent(hasRoom);
    if (channel === CHANNEL.stdin) this.#keepAlive?.sent(payload.byteLength);
    return hasRoom;
  }

  /** A message without a channel: servers count it as activity, and skip it. */
  #sendEmpty(): void {
    this.#idle.end(this.#now());
    this.#sendBuffer.sent(this.#connection.send([]));
  }

  /** Half-closes stdin; v5 only. */
  halfCloseStdin(): void {
    if (this.#outcome !== null) return;
    const hasRoom = this.#connection.send([encodeHalfClose(CHANNEL.stdin)]);
    this.#sendBuffer.sent(hasRoom);
  }

  /** Resolves when the socket has room again; rejects at the end. */
  drained(): Promise<void> {
    return this.#sendBuffer.wait();
  }

  /** The rejection of an action on the ended session. */
  endedReason(action: string): unknown {
    const outcome = this.#outcome;
    return outcome?.failure === undefined
      ? endedError(action, outcome?.status ?? null, this.#unparsedStatus)
      : outcome.failure.reason;
  }

  /** Ends the session; only the first ending counts. */
  end(ending: Ending): void {
    if (this.#outcome !== null) return;
    const outcome = outcomeOf(ending);
    this.#outcome = outcome;
    clearTimeout(this.#unreadable);
    this.#keepAlive?.stop();
    if (ending.kind === "silent") this.#connection.abort();
    else this.#connection.close(CLOSE_CODE.normal);
    for (const sink of this.#sinks) {
      if (outcome.broken === undefined) sink?.end();
      else sink?.fail(outcome.broken.reason, outcome.drop);
    }
    this.#sendBuffer.fail(() => this.endedReason("write to stdin"));
    for (const callback of this.#onEnd) callback(outcome);
    this.#settle(outcome);
  }

  #data(part: Bytes, last: boolean): void {
    // Read once: on some runtimes the clock costs more than the rest of this.
    const now = this.#now();
    this.#idle.end(now);
    this.#keepAlive?.received(now);
    this.#demultiplexer.data(part, last);
  }

  #status(payload: Bytes): void {
    const parsed = parseStatus(payload);
    if (parsed !== null) {
      const status = mapTexts(parsed, this.#hide);
      const error = this.#refusal?.(status) ?? null;
      return this.end(
        error === null
          ? { kind: "status", status }
          : { kind: "refused", status, error },
      );
    }
    this.#unparsedStatus ??= this.#hide(decodeText(payload));
    this.#unreadable ??= setTimeout(
      () => this.end({ kind: "unreadable" }),
      CLOSE_AFTER_UNREADABLE,
    );
  }

  #silent(silence: number): void {
    const reason = `nothing was received for ${Math.round(silence)} ms, ` +
      `not even an answer to a ping`;
    const error = new ConnectionLostError(
      `Lost the connection before a status arrived: ${reason}`,
      { closeCode: CLOSE_CODE.abnormal, reason },
    );
    this.end({ kind: "silent", error });
  }
}

/** Whether the socket's buffer is full, and a wait for room in it. */
export class SendBufferState {
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

/** The shortest idle time that an error mentions, in milliseconds. */
const MENTIONED = 60_000;

const MINUTE = 60_000;

/**
 * How long a session has carried no data. API servers and kubelets cut one that
 * carries none for 4 hours, without a Close frame: it looks like a broken
 * network. Pings do not count as data.
 */
export class IdleTime {
  #since: number;

  /** @param now The time in milliseconds, here and below. */
  constructor(now: number) {
    this.#since = now;
  }

  /** Data was sent or received. */
  end(now: number): void {
    this.#since = now;
  }

  /** Milliseconds since data was last sent or received. */
  duration(now: number): number {
    return now - this.#since;
  }

  /** Adds the idle time to the reason, where it may be the cause. */
  explain(info: CloseInfo, now: number): CloseInfo {
    const idle = this.duration(now);
    if (info.code !== CLOSE_CODE.abnormal || idle < MENTIONED) return info;
    const reason = `${info.reason}; no data had passed for ` +
      `${durationOf(idle)}, and a server cuts an idle session, by default ` +
      `after 4 h (pings do not count; see keepAlive.activity)`;
    return { ...info, reason };
  }
}

/** For example `4 h 1 min`. */
function durationOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
