import { ByteBuilder, type Bytes, decodeText } from "../bytes.ts";
import {
  BufferOverflowError,
  ConnectionLostError,
  PortForwardError,
  type PortForwardReason,
  ProtocolError,
  SessionEndedError,
} from "../errors.ts";
import { quoteText } from "../redact.ts";
import type { ChannelSink } from "../streams/demultiplexer.ts";
import { PortChannels } from "../streams/port_channels.ts";
import type { PortProtocol, PortReceiver } from "../streams/port_protocol.ts";
import { PortTunnel } from "../streams/port_tunnel.ts";
import { startTimer } from "../timers.ts";
import type { CloseInfo } from "../transport/transport.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";
import {
  ConnectionSession,
  type ConnectionSessionOptions,
} from "./connection_session.ts";
import type { KeepAliveSettings } from "./keep_alive.ts";
import type { SessionOutcome } from "./outcome.ts";

/** How long to wait for the rest of a failure or of the end, in milliseconds. */
const LAST_WORDS = 1_000;

/**
 * How long to hold back the end of the pod's side, in milliseconds. A runtime
 * ends it first, and the node says only then that it has failed; a pod that
 * half-closes is the rarer case. Without a byte it is likely a refused port.
 */
const END_HELD_BACK = { withBytes: 200, withoutBytes: LAST_WORDS };

/** A busy event loop runs timers before it reads: see `TimerOptions`. */
const STEPS = 4;

/**
 * The most of a node's words that are kept, in bytes. They name the reason last,
 * behind the pod and its network namespace.
 */
const LONGEST_TEXT = 2 * 1024;

/** Options of a {@linkcode PortSession}. */
export interface PortSessionOptions extends ConnectionSessionOptions {
  /** Whether the server chose the tunnel. */
  readonly isTunnel: boolean;
  /** The port of the pod. */
  readonly port: number;
  /** The caller's, for errors. */
  readonly askedPort: number | string;
  /** For messages, for example `port 8080 of pods "web-0"`. */
  readonly text: string;
  /** Receives the pod's bytes. */
  readonly output: ChannelSink;
}

/** Everything that can end a forwarded connection; the first one counts. */
export type PortEnding =
  /** Both sides have ended, or the pod's whole side has. */
  | { readonly kind: "complete" }
  /** The node reported a failure, or the server broke the protocol. */
  | { readonly kind: "failed"; readonly reason: unknown }
  /** Nothing was received for too long. */
  | { readonly kind: "silent"; readonly reason: unknown }
  /** A signal, or an abort of the writable side. */
  | { readonly kind: "aborted"; readonly reason: unknown }
  /** Our own `close()`. */
  | { readonly kind: "disposed" };

/**
 * One forwarded connection, over either subprotocol, with exactly one ending.
 *
 * | what comes                                | v4                | tunnel            |
 * | ----------------------------------------- | ----------------- | ----------------- |
 * | the node's words on the error channel     | failed            | failed            |
 * | a reset without words                     |                   | failed            |
 * | the end of the pod's side                 |                   | reading ends soon |
 * | ... and that of the node's words, or ours |                   | complete          |
 * | Close 1000 before the end of that side    | complete          | connection lost   |
 * | any other end of the WebSocket            | connection lost   | connection lost   |
 *
 * An API server closes a tunnel with 1000 also when it has lost the node, so
 * there only a FIN is an end.
 */
export class PortSession extends ConnectionSession<SessionOutcome> {
  protected override readonly writeAction: string = "write";
  readonly #protocol: PortProtocol;
  readonly #options: PortSessionOptions;
  readonly #text = new ByteBuilder();
  #hasData = false;
  /** The pod's side has ended. */
  #dataEnded = false;
  #errorEnded = false;
  /** Our side has ended. */
  #finished = false;
  #stopWaiting: (() => void) | null = null;
  #stopHolding: (() => void) | null = null;

  constructor(options: PortSessionOptions) {
    super(
      { ...options, keepAlive: withPings(options.keepAlive, options.isTunnel) },
      [options.output],
    );
    this.#options = options;
    const { connection, isTunnel, output, port } = options;
    const receiver: PortReceiver = {
      data: (part, start) => {
        this.#hasData = true;
        output.data(part, start);
      },
      dataEnded: () => {
        this.#dataEnded = true;
        this.#holdEnd();
        this.#check();
      },
      errorText: (part) => this.#collect(part),
      errorEnded: () => {
        this.#errorEnded = true;
        this.#check();
      },
      reset: () => this.#failed("Reset", "it was reset"),
      pong: () => this.ponged(),
    };
    this.#protocol = new (isTunnel ? PortTunnel : PortChannels)(
      port,
      (parts, input) => this.sendMessage(parts, input),
      receiver,
      connection.transfersBuffers === true,
    );
  }

  /** Whether one direction can end while the other goes on. */
  get halfClose(): boolean {
    return this.#protocol.halfClose;
  }

  override start(): void {
    super.start();
    this.#protocol.open();
  }

  /** Sends bytes, at most 32 KiB; false when the socket's buffer is full. */
  send(payload: Uint8Array): boolean {
    return this.#protocol.send(payload);
  }

  /** Ends our side; only with `halfClose`. */
  finishInput(): void {
    if (this.outcome !== null) return;
    this.#finished = true;
    this.#protocol.finish();
    this.#check();
  }

  /** Nobody reads the pod's bytes any more. */
  outputCancelled(): void {
    this.#dataEnded = true;
    if (this.#finished) this.end({ kind: "complete" });
  }

  override endedReason(action: string): unknown {
    const { outcome } = this;
    if (outcome?.failure !== undefined) return outcome.failure.reason;
    return new SessionEndedError(
      `Cannot ${action}: the connection to ${this.#options.text} has ended`,
      { status: null },
    );
  }

  /** Ends the connection; only the first ending counts. */
  end(ending: PortEnding): void {
    if (this.outcome !== null) return;
    this.#stopWaiting?.();
    this.#stopHolding?.();
    const isOurs = ending.kind === "aborted" || ending.kind === "disposed";
    if (isOurs) this.#protocol.abandon();
    this.finish(this.#outcomeOf(ending), ending.kind === "silent");
  }

  protected override received(part: Bytes, last: boolean): void {
    try {
      this.#protocol.received(part, last);
    } catch (reason) {
      this.end({ kind: "failed", reason });
    }
  }

  override ping(): void {
    if (this.#protocol.ping === null) super.ping();
    else this.#protocol.ping();
  }

  override sendEmpty(): void {
    this.#protocol.sendActivity();
  }

  protected override drainedNow(): void {
    this.#protocol.drained();
    super.drainedNow();
  }

  protected override closed(info: CloseInfo): void {
    if (this.#text.length > 0) return this.#failed("Broken", "");
    if (this.#dataEnded) this.#options.output.end();
    const isOver = !this.halfClose || this.#dataEnded;
    const isClean = info.error === undefined && info.code === CLOSE_CODE.normal;
    if (isClean && isOver || this.#dataEnded && this.#finished) {
      return this.end({ kind: "complete" });
    }
    this.end({ kind: "failed", reason: this.#lostReason(info) });
  }

  protected override silent(reason: string): void {
    const info = { code: CLOSE_CODE.abnormal, reason };
    this.end({ kind: "silent", reason: this.#lostReason(info) });
  }

  #outcomeOf(ending: PortEnding): SessionOutcome {
    switch (ending.kind) {
      case "complete":
        return { drop: false };
      case "failed":
      case "silent": {
        const failure = { reason: ending.reason };
        return { failure, broken: failure, drop: false };
      }
      case "aborted": {
        const failure = { reason: ending.reason };
        return { failure, broken: failure, drop: true };
      }
      case "disposed":
        return { broken: { reason: this.endedReason("read") }, drop: true };
    }
  }

  /** The node's words may come in parts; its next frame ends them. */
  #collect(part: Bytes): void {
    const room = LONGEST_TEXT - this.#text.length;
    this.#text.append(part.subarray(0, Math.max(0, room)));
    this.#awaitLastWords(() => this.#failed("Broken", ""));
  }

  /** Whether the connection is over, now that one side of it is. */
  #check(): void {
    if (this.#text.length > 0) {
      if (this.#errorEnded) this.#failed("Broken", "");
    } else if (this.#dataEnded && this.#errorEnded) {
      this.end({ kind: "complete" });
    } else if (this.#dataEnded && this.#finished) {
      this.#awaitLastWords(() => this.end({ kind: "complete" }));
    }
  }

  #awaitLastWords(then: () => void): void {
    if (this.outcome !== null) return;
    this.#stopWaiting ??= startTimer(LAST_WORDS, then, { steps: STEPS });
  }

  /** Ends the output unless the node says within moments that it has failed. */
  #holdEnd(): void {
    const { withBytes, withoutBytes } = END_HELD_BACK;
    const delay = this.#hasData ? withBytes : withoutBytes;
    const { output } = this.#options;
    this.#stopHolding = startTimer(delay, () => output.end(), { steps: STEPS });
  }

  /** @param state What happened, unless the node said more. */
  #failed(reason: PortForwardReason, state: string): void {
    const words = quoteText(
      this.hide(decodeText(this.#text.take())),
      LONGEST_TEXT,
    );
    // A node that did not even connect has sent no byte of the port.
    const isRefused = words !== "" && !this.#hasData;
    const { askedPort: port, text } = this.#options;
    const doing = isRefused
      ? "Cannot connect to"
      : "Lost the forwarded connection to";
    this.end({
      kind: "failed",
      reason: new PortForwardError(`${doing} ${text}: ${words || state}`, {
        port,
        reason: isRefused ? "Unreachable" : words === "" ? reason : "Broken",
      }),
    });
  }

  #lostReason({ code: closeCode, reason, error }: CloseInfo): unknown {
    // These name the fault themselves; a socket's error does not.
    if (
      error instanceof ProtocolError || error instanceof BufferOverflowError
    ) return error;
    const { askedPort: port, text } = this.#options;
    const why = reason === "" ? "" : `: ${reason}`;
    const message = `Lost the forwarded connection to ${text} before its ` +
      `end (close code ${closeCode})${why}`;
    const cause = new ConnectionLostError(message, {
      closeCode,
      reason,
      cause: error,
    });
    return new PortForwardError(message, {
      port,
      reason: "ConnectionLost",
      cause,
    });
  }
}

/** A tunnel has pings of its own, whatever the transport can do. */
function withPings(
  settings: KeepAliveSettings | false,
  isTunnel: boolean,
): KeepAliveSettings | false {
  return settings && isTunnel ? { ...settings, pings: true } : settings;
}
