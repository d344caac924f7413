import { onAbort } from "../abortable.ts";
import type { ByteStream } from "../bytes.ts";
import { type PortForwardProtocol, V4 } from "../channel/subprotocols.ts";
import { HalfCloseUnsupportedError } from "../errors.ts";
import { FlowControl } from "../streams/flow_control.ts";
import { InputChannel } from "../streams/input_channel.ts";
import { OutputChannel } from "../streams/output_channel.ts";
import type { SessionOutcome } from "./outcome.ts";
import { PortSession, type PortSessionOptions } from "./port_session.ts";

/** How a {@linkcode ForwardedConnection} was requested. */
export interface ForwardedConnectionOptions
  extends Omit<PortSessionOptions, "isTunnel" | "output" | "paused"> {
  readonly protocol: PortForwardProtocol;
  readonly highWaterMark: number;
  /** Ends the connection with its reason. */
  readonly signal: AbortSignal;
  /** Called once, when the connection has ended. */
  readonly onEnd: (outcome: SessionOutcome) => void;
}

/**
 * One connection to a port of a pod, as two Web Streams; from
 * `portForward.connect`.
 *
 * It is lossless in bounded memory, in both directions: what is not read pauses
 * the socket once the client's `highWaterMark` is queued, and a write waits for
 * room. A port that refuses is known only after the connection is open: its
 * error, a `PortForwardError`, comes from `readable`, `writable` and `closed`.
 */
export class ForwardedConnection {
  /** The negotiated subprotocol. */
  readonly protocol: PortForwardProtocol;
  /**
   * Whether one direction can end while the other goes on, as far as the server
   * is concerned. If not, closing `writable` rejects, and `readable` ends when
   * the pod closes the connection.
   *
   * The container runtime may still end both: containerd, seen with 1.6.20, does
   * so a second after either end, and the pod sees the client's end only then.
   * So an answer that waits for it is lost, behind a regular end of `readable`.
   */
  readonly halfClose: boolean;
  /**
   * Resolves when the connection has ended regularly: both sides have, the pod's
   * side has altogether, or by `close()`. Rejects with the error that ended it,
   * which is no unhandled rejection. What was received can be read afterwards;
   * what is not read keeps the connection from ending.
   */
  readonly closed: Promise<void>;

  readonly #session: PortSession;
  readonly #output: OutputChannel;
  readonly #input: InputChannel;

  /**
   * Begins to receive; `portForward.connect` calls it.
   *
   * @internal
   */
  constructor(options: ForwardedConnectionOptions) {
    const { connection, protocol, highWaterMark, onEnd, signal } = options;
    const flow = new FlowControl(connection);
    const output = this.#output = new OutputChannel(null, highWaterMark, () => {
      flow.update();
      if (output.cancelled) session.outputCancelled();
    });
    flow.watch([output]);
    const session = this.#session = new PortSession({
      ...options,
      isTunnel: protocol !== V4,
      output,
      paused: () => flow.paused,
    });
    const input = this.#input = new InputChannel({
      send: (payload) => session.send(payload),
      drained: () => session.drained(),
      finish: () => this.#finish(),
      aborted: (reason) => session.end({ kind: "aborted", reason }),
    }, "the connection");
    this.protocol = protocol;
    this.halfClose = session.halfClose;
    this.closed = session.settled.then(({ failure }) => {
      if (failure !== undefined) throw failure.reason;
    });
    // A failure without a waiter is not an unhandled rejection.
    this.closed.catch(() => {});
    session.onEnd((outcome) => {
      onEnd(outcome);
      flow.stop();
      input.fail(session.endedReason("write"));
    });
    session.start();
    session.onEnd(
      onAbort(signal, (reason) => session.end({ kind: "aborted", reason })),
    );
  }

  /**
   * The bytes that the pod sends. Ends when the pod ends its side, behind the
   * last byte. Cancelling it discards what still comes; with a closed `writable`
   * that ends the connection.
   */
  get readable(): ByteStream {
    return this.#output.readable as ByteStream;
  }

  /**
   * Takes bytes for the pod, in chunks of any size, with the socket's
   * backpressure. Closing it half-closes the connection, and `readable` goes on;
   * without `halfClose` it rejects with `HalfCloseUnsupportedError`, and
   * `readable` goes on, too. `abort(reason)` ends the whole connection.
   */
  get writable(): WritableStream<Uint8Array> {
    return this.#input.writable;
  }

  /**
   * Ends the connection from this side, and drops what is still queued.
   *
   * @returns When the socket is released, at most about a second later.
   */
  async close(): Promise<void> {
    const session = this.#session;
    session.end({ kind: "disposed" });
    this.#output.fail(session.endedReason("read"), true);
    await session.released;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #finish(): void {
    if (this.halfClose) return this.#session.finishInput();
    throw new HalfCloseUnsupportedError(
      `Cannot close one side of the connection: the server speaks ` +
        `${this.protocol}, which cannot end one direction`,
      { protocol: this.protocol },
    );
  }
}
