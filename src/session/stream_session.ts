import { type Bytes, encodeText } from "../bytes.ts";
import { CHANNEL } from "../channel/frame.ts";
import {
  checkTerminalSize,
  encodeResize,
  type TerminalSize,
} from "../channel/resize.ts";
import { exitCodeOf } from "../channel/status_frame.ts";
import {
  type ChannelProtocol,
  supportsHalfClose,
} from "../channel/subprotocols.ts";
import { HalfCloseUnsupportedError } from "../errors.ts";
import type { Status } from "../status.ts";
import { FlowControl } from "../streams/flow_control.ts";
import { asBytes, InputChannel } from "../streams/input_channel.ts";
import { OutputChannel } from "../streams/output_channel.ts";
import type { Connection } from "../transport/transport.ts";
import { ChannelSession } from "./channel_session.ts";
import type { KeepAliveOptions } from "./keep_alive.ts";
import { endedError } from "./outcome.ts";

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

/** What {@linkcode openStreamSession} needs to know. */
export interface StreamSessionOptions {
  readonly protocol: ChannelProtocol;
  readonly subresource: "exec" | "attach";
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
  readonly size: TerminalSize | undefined;
  readonly highWaterMark: number;
  readonly keepAlive: KeepAliveOptions | false;
}

/** The session as its user sees it, and as its maker does. */
export interface OpenedStreamSession {
  readonly stream: StreamSession;
  readonly session: ChannelSession;
}

/** What a terminal sends for Ctrl-D: end of transmission. */
const EOT = new Uint8Array([4]);

/** Puts the streams around a connection, and begins to receive. */
export function openStreamSession(
  connection: Connection,
  options: StreamSessionOptions,
): OpenedStreamSession {
  const { protocol, tty, highWaterMark: mark } = options;
  const flow = new FlowControl(connection);
  const changed = () => flow.update();
  const stdout = new OutputChannel("stdout", mark, changed);
  const stderr = new OutputChannel("stderr", mark, changed);
  flow.watch([stdout, stderr]);
  const session = new ChannelSession({
    connection,
    stdout: options.stdout ? stdout : null,
    stderr: options.stderr && !tty ? stderr : null,
    keepAlive: options.keepAlive,
    paused: () => flow.paused,
  });
  if (!options.stdout) stdout.end();
  if (!options.stderr || tty) stderr.end();
  const input = options.stdin ? inputOf(session, options) : null;
  session.onEnd(() => {
    flow.stop();
    input?.fail(session.endedReason("write to stdin"));
  });
  const stream = new StreamSession({
    protocol,
    session,
    flow,
    input,
    stdin: input?.writable ?? erroredStdin(),
    stdout: stdout.readable,
    stderr: stderr.readable,
    tty,
    subresource: options.subresource,
    checkCloseStdin: () => checkHalfClose(protocol, tty),
    drop: () => {
      for (const channel of [stdout, stderr]) {
        channel.fail(endedError("read", session.outcome?.status ?? null), true);
      }
    },
  });
  session.start();
  if (tty && options.size) {
    session.send(CHANNEL.resize, encodeResize(options.size));
  }
  return { stream, session };
}

function inputOf(
  session: ChannelSession,
  options: StreamSessionOptions,
): InputChannel {
  const { protocol, tty, subresource } = options;
  return new InputChannel({
    send: (payload) => session.send(CHANNEL.stdin, payload),
    drained: () => session.drained(),
    finish: () => {
      checkHalfClose(protocol, tty);
      if (!tty) session.halfCloseStdin();
      else if (subresource === "exec") session.send(CHANNEL.stdin, EOT);
    },
    aborted: (reason) => session.end({ kind: "aborted", reason }),
  });
}

/** A terminal's end of input is a character; without one it takes v5. */
function checkHalfClose(protocol: ChannelProtocol, tty: boolean): void {
  if (tty || supportsHalfClose(protocol)) return;
  throw new HalfCloseUnsupportedError(
    `Cannot close stdin: the server speaks ${protocol}, which has no way to ` +
      `say the end of one channel`,
    { protocol },
  );
}

function erroredStdin(): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    start: (controller) => controller.error(notRequested("write to stdin")),
  });
}

/**
 * A promise that tells when it is first waited for.
 *
 * `session.exitCode` is a property: looking at it must not count as a wait for
 * the status, since a wait lets unclaimed output be discarded. A subclass, since
 * `await` calls the `then` of anything that is not a plain promise. Nobody has
 * to wait: it is never an unhandled rejection.
 */
export class StatusPromise<T> extends Promise<T> {
  /** What `then` and its like give are plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #awaited: (() => void) | null = null;

  /** Makes one that settles as `promise` does. */
  static follow<T>(promise: Promise<T>, awaited: () => void): StatusPromise<T> {
    const followed = new StatusPromise<T>((resolve, reject) => {
      promise.then(resolve, reject);
    });
    followed.catch(() => {});
    followed.#awaited = awaited;
    return followed;
  }

  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited?.();
    this.#awaited = null;
    return super.then(onfulfilled, onrejected);
  }
}
