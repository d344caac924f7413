import { type Bytes, encodeText } from "../bytes.ts";
import { CHANNEL } from "../channel/channels.ts";
import { exitCodeOf } from "../channel/exit_code.ts";
import { encodeResize } from "../channel/resize.ts";
import {
  checkTerminalSize,
  type TerminalSize,
} from "../request/terminal_size.ts";
import type { ChannelProtocol } from "../channel/subprotocols.ts";
import type { Status } from "../status.ts";
import type { FlowControl } from "../streams/flow_control.ts";
import { asBytes, type InputChannel } from "../streams/input_channel.ts";
import type { ChannelSession } from "./channel_session.ts";
import { StatusPromise } from "./status_promise.ts";

/** What a {@linkcode StreamSession} is made of; `openStreamSession` makes one. */
export interface StreamSessionParts {
  readonly protocol: ChannelProtocol;
  readonly session: ChannelSession;
  readonly flow: FlowControl;
  /** Null when stdin was not requested. */
  readonly input: InputChannel | null;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Bytes>;
  readonly stderr: ReadableStream<Bytes>;
  readonly tty: boolean;
  readonly subresource: "exec" | "attach";
  /** Throws what keeps the end of stdin from being said, if anything does. */
  readonly checkCloseStdin: () => void;
  /** Drops the output that is still queued. */
  readonly drop: () => void;
}

/**
 * A live `exec` or `attach`: one Web Stream per channel, the terminal's size,
 * and the status at the end.
 *
 * Output is lossless in bounded memory: a channel that is not read pauses the
 * socket once `highWaterMark` bytes wait, and with it its siblings and the
 * status, so read every channel or `cancel()` it. Output that was never read at
 * all does not hold up a read of its sibling or a wait for the status: what
 * exceeds the mark is then discarded, and reading it later says so with a
 * `BufferOverflowError` behind what was kept.
 */
export class StreamSession {
  /** What it is a session of: attach has no exit code. */
  readonly subresource: "exec" | "attach";
  /** Whether it was opened with a terminal. */
  readonly tty: boolean;
  /** Whether stdin was requested. */
  readonly hasStdin: boolean;
  /** The negotiated subprotocol. */
  readonly protocol: ChannelProtocol;
  /**
   * The input channel; closing it half-closes the channel. Takes bytes, at any
   * chunk size, with the socket's backpressure. `abort(reason)` ends the whole
   * session with the reason: a truncated input never looks complete. An errored
   * stream when stdin was not requested.
   */
  readonly stdin: WritableStream<Uint8Array>;
  /** The output channel. Ends at once when it was not requested. */
  readonly stdout: ReadableStream<Bytes>;
  /** The error channel. Ends at once with a TTY, or when not requested. */
  readonly stderr: ReadableStream<Bytes>;
  /**
   * The exit code; null when the status is missing or names none, which is not
   * success, and always null for attach. Rejects as `waitForStatus()` does.
   */
  readonly exitCode: Promise<number | null>;

  readonly #parts: StreamSessionParts;
  readonly #status: Promise<Status | null>;

  /** Made by `exec.stream` and `attach.stream`. */
  constructor(parts: StreamSessionParts) {
    this.#parts = parts;
    this.subresource = parts.subresource;
    this.tty = parts.tty;
    this.hasStdin = parts.input !== null;
    this.protocol = parts.protocol;
    this.stdin = parts.stdin;
    this.stdout = parts.stdout;
    this.stderr = parts.stderr;
    this.#status = parts.session.settled.then((outcome) => {
      if (outcome.failure !== undefined) throw outcome.failure.reason;
      return outcome.status;
    });
    this.#status.catch(() => {});
    const hasExitCode = parts.subresource === "exec";
    this.exitCode = StatusPromise.follow(
      this.#status.then((s) => hasExitCode ? exitCodeOf(s) : null),
      () => parts.flow.awaitStatus(),
    );
  }

  /**
   * Writes text (as UTF-8) or bytes to stdin, without keeping its lock.
   * Concurrent writes queue in order.
   *
   * @returns When the bytes are in the socket's buffer, which has room again.
   * @throws {TypeError} If stdin was not requested, or somebody holds its lock.
   * @throws {SessionEndedError} If the session has ended.
   */
  async write(data: string | Uint8Array): Promise<void> {
    const { input, session } = this.#parts;
    if (input === null) throw notRequested("write to stdin");
    if (session.outcome !== null) throw session.endedReason("write to stdin");
    await input.write(
      typeof data === "string" ? encodeText(data) : asBytes(data),
    );
  }

  /**
   * Ends the input after what is queued. Without a TTY it half-closes the
   * channel; on exec with a TTY it types the end-of-transmission character
   * (0x04), as a person would; on attach with a TTY it only ends the local
   * stream, since that character could end the container's main process.
   * Idempotent; does nothing when stdin was not requested.
   *
   * @throws {HalfCloseUnsupportedError} If the server speaks v4, which cannot
   * say it; the session stays usable.
   * @throws {TypeError} If somebody holds the lock of `stdin`.
   */
  async closeStdin(): Promise<void> {
    const { input, session, checkCloseStdin } = this.#parts;
    if (input === null || session.outcome !== null) return;
    checkCloseStdin();
    await input.close();
  }

  /**
   * Tells the remote terminal its size, in characters.
   *
   * @throws {TypeError} If the session has no TTY.
   * @throws {RangeError} If a side is not within 1 to 65535.
   * @throws {SessionEndedError} If the session has ended.
   */
  // deno-lint-ignore require-await
  async resize(size: TerminalSize): Promise<void> {
    checkTerminalSize(size);
    const { session } = this.#parts;
    if (!this.tty) {
      throw new TypeError(
        "Cannot resize: the session was opened without a tty",
      );
    }
    if (session.outcome !== null) throw session.endedReason("resize");
    session.send(CHANNEL.resize, encodeResize(size));
  }

  /**
   * Waits for the status that ends the session.
   *
   * @returns The status; null when the connection was closed cleanly without
   * one, or by our own `close()`. Null is not success.
   * @throws {ConnectionLostError} If the connection ended abnormally.
   */
  waitForStatus(): Promise<Status | null> {
    this.#parts.flow.awaitStatus();
    return this.#status;
  }

  /**
   * Ends the session from this side and drops what is still queued. A
   * disconnect only ends the remote process's stdin; it does not kill it.
   *
   * @returns When the socket is released, at most about a second later.
   */
  async close(): Promise<void> {
    const { session, drop } = this.#parts;
    session.end({ kind: "disposed" });
    drop();
    await session.released;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The error of using stdin where it was not requested. */
export function notRequested(action: string): TypeError {
  return new TypeError(
    `Cannot ${action}: the session was opened without stdin`,
  );
}
