import { type Bytes, decodeText } from "../bytes.ts";
import { CHANNEL, channelPrefix, encodeHalfClose } from "../channel/frame.ts";
import { mapTexts, parseStatus } from "../channel/status_frame.ts";
import { ConnectionLostError, type PodwireError } from "../errors.ts";
import type { Status } from "../status.ts";
import { type ChannelSink, Demultiplexer } from "../streams/demultiplexer.ts";
import type { CloseInfo } from "../transport/transport.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";
import {
  ConnectionSession,
  type ConnectionSessionOptions,
} from "./connection_session.ts";
import { endedError, type Ending, type Outcome, outcomeOf } from "./outcome.ts";

/** How long to wait for the close after a status that cannot be read, in ms. */
const CLOSE_AFTER_UNREADABLE = 1_000;

/** Options of a {@linkcode ChannelSession}. */
export interface ChannelSessionOptions extends ConnectionSessionOptions {
  readonly stdout: ChannelSink | null;
  readonly stderr: ChannelSink | null;
  /** The error of a status by which the command was not even started. */
  readonly refusal?: ((status: Status) => PodwireError | null) | undefined;
}

/**
 * One live exec or attach: channels in, channels out, and exactly one outcome.
 * `run` and `StreamSession` both use it.
 */
export class ChannelSession extends ConnectionSession<Outcome> {
  protected override readonly writeAction: string = "write to stdin";
  readonly #demultiplexer: Demultiplexer;
  readonly #refusal: ChannelSessionOptions["refusal"];
  #unreadable: ReturnType<typeof setTimeout> | undefined;
  #unparsedStatus: string | null = null;

  constructor(options: ChannelSessionOptions) {
    const { connection, stdout, stderr } = options;
    super(options, [stdout, stderr]);
    this.#refusal = options.refusal;
    this.#demultiplexer = new Demultiplexer({
      outputs: [null, stdout, stderr],
      status: (payload) => this.#status(payload),
    }, connection.transfersBuffers === true);
  }

  /** The text of a status that could not be parsed; null if none arrived. */
  get unparsedStatus(): string | null {
    return this.#unparsedStatus;
  }

  /** Sends bytes on a channel; false when the socket's buffer is full. */
  send(channel: number, payload: Uint8Array): boolean {
    const input = channel === CHANNEL.stdin ? payload.byteLength : 0;
    return this.sendMessage([channelPrefix(channel), payload], input);
  }

  /** Half-closes stdin; v5 only. */
  halfCloseStdin(): void {
    this.sendMessage([encodeHalfClose(CHANNEL.stdin)]);
  }

  override endedReason(action: string): unknown {
    const { outcome } = this;
    return outcome?.failure === undefined
      ? endedError(action, outcome?.status ?? null, this.#unparsedStatus)
      : outcome.failure.reason;
  }

  /** Ends the session; only the first ending counts. */
  end(ending: Ending): void {
    if (this.outcome !== null) return;
    clearTimeout(this.#unreadable);
    this.finish(outcomeOf(ending), ending.kind === "silent");
  }

  protected override received(part: Bytes, last: boolean): void {
    this.#demultiplexer.data(part, last);
  }

  protected override closed(closeInfo: CloseInfo): void {
    this.end({ kind: "closed", closeInfo });
  }

  protected override silent(reason: string): void {
    const error = new ConnectionLostError(
      `Lost the connection before a status arrived: ${reason}`,
      { closeCode: CLOSE_CODE.abnormal, reason },
    );
    this.end({ kind: "silent", error });
  }

  #status(payload: Bytes): void {
    const parsed = parseStatus(payload);
    if (parsed !== null) {
      const status = mapTexts(parsed, (text) => this.hide(text));
      const error = this.#refusal?.(status) ?? null;
      return this.end(
        error === null
          ? { kind: "status", status }
          : { kind: "refused", status, error },
      );
    }
    this.#unparsedStatus ??= this.hide(decodeText(payload));
    this.#unreadable ??= setTimeout(
      () => this.end({ kind: "unreadable" }),
      CLOSE_AFTER_UNREADABLE,
    );
  }
}
