import { onAbort } from "../abortable.ts";
import {
  asBytes,
  type ByteStream,
  checkUnicode,
  encodeText,
} from "../bytes.ts";
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
import { LazyPromise } from "../lazy_promise.ts";
import type { Status } from "../status.ts";
import { FlowControl } from "../streams/flow_control.ts";
import { InputChannel } from "../streams/input_channel.ts";
import { OutputChannel } from "../streams/output_channel.ts";
import { readLines } from "../streams/read_lines.ts";
import type { Connection } from "../transport/transport.ts";
import {
  ChannelSession,
  type ChannelSessionOptions,
} from "./channel_session.ts";
import type { KeepAliveSettings } from "./keep_alive.ts";
import { endedError, type Outcome } from "./outcome.ts";

/** How a {@linkcode StreamSession} was requested. */
export interface StreamSessionOptions {
  readonly protocol: ChannelProtocol;
  readonly subresource: "exec" | "attach";
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
  readonly size: TerminalSize | undefined;
  readonly highWaterMark: number;
  readonly keepAlive: KeepAliveSettings | false;
  /** Hides our credentials in text of the server's; defaults to no change. */
  readonly hideCredentials?: (text: string) => string;
  /** The error of a status by which the command was not even started. */
  readonly refusal?: ChannelSessionOptions["refusal"];
  /**
   * Whether the process is the session's own, so that its status has the exit
   * code; defaults to that of an exec.
   */
  readonly hasExitCode?: boolean;
  /** Ends the session with its reason. */
  readonly signal?: AbortSignal | null | undefined;
  /** Called once, when the session has ended. */
  readonly onEnd: (outcome: Outcome) => void;
}

/** What a terminal sends for Ctrl-D: end of transmission. */
const EOT = new Uint8Array([4]);

/**
 * A live `exec` or `attach`: one Web Stream per channel, the terminal's size,
 * and the status at the end.
 *
 * Output is lossless in bounded memory: a channel that is not read pauses the
 * socket once `highWaterMark` bytes are queued, and with it its siblings and the
 * status. So read every channel or `cancel()` it. Output that was never read at
 * all does not block a read of its sibling or a wait for the status: what
 * exceeds the mark is then discarded, and a later read gets the kept bytes, then
 * a `BufferOverflowError`.
 */
export class StreamSession {
  /** The subresource; attach has no exit code. */
  readonly subresource: "exec" | "attach";
  /** Whether it was opened with a terminal. */
  readonly tty: boolean;
  /** Whether stdin was requested. */
  readonly hasStdin: boolean;
  /** The negotiated subprotocol. */
  readonly protocol: ChannelProtocol;
  /**
   * Whether the process is the session's own, so that there is an exit code: an
   * exec, a debug container, or a pod for one command.
   */
  readonly hasExitCode: boolean;
  readonly #session: ChannelSession;
  readonly #flow: FlowControl;
  /** Null until stdin is used, or if it was not requested. */
  #input: InputChannel | null = null;
  readonly #stdout: OutputChannel;
  readonly #stderr: OutputChannel;
  /** The stream of a stdin that was not requested. */
  #noStdin: WritableStream<Uint8Array> | null = null;
  #status: Promise<Status | null> | null = null;
  #exitCode: LazyPromise<number | null> | null = null;

  /**
   * Begins to receive; `exec.stream` and `attach.stream` call it.
   *
   * @internal
   */
  constructor(connection: Connection, options: StreamSessionOptions) {
    const { subresource, protocol, tty, highWaterMark, onEnd } = options;
    this.subresource = subresource;
    this.tty = tty;
    this.hasStdin = options.stdin;
    this.protocol = protocol;
    this.hasExitCode = options.hasExitCode ?? subresource === "exec";
    const flow = this.#flow = new FlowControl(connection);
    const changed = () => flow.update();
    const stdout = new OutputChannel("stdout", highWaterMark, changed);
    const stderr = new OutputChannel("stderr", highWaterMark, changed);
    this.#stdout = stdout;
    this.#stderr = stderr;
    flow.watch([stdout, stderr]);
    const hasStderr = options.stderr && !tty;
    if (!options.stdout) stdout.end();
    if (!hasStderr) stderr.end();
    const session = this.#session = new ChannelSession({
      connection,
      stdout: options.stdout ? stdout : null,
      stderr: hasStderr ? stderr : null,
      keepAlive: options.keepAlive,
      paused: () => flow.paused,
      hideCredentials: options.hideCredentials,
      refusal: options.refusal,
    });
    let stopListening = (): void => {};
    session.onEnd((outcome) => {
      onEnd(outcome);
      flow.stop();
      this.#input?.fail(session.endedReason("write to stdin"));
      stopListening();
    });
    session.start();
    if (tty && options.size) {
      session.send(CHANNEL.resize, encodeResize(options.size));
    }
    stopListening = onAbort(
      options.signal,
      (reason) => session.end({ kind: "aborted", reason }),
    );
    if (session.outcome !== null) stopListening();
  }

  /**
   * The input channel; closing it half-closes the channel. Takes bytes in chunks
   * of any size, with the socket's backpressure. `abort(reason)` ends the whole
   * session with the reason: a truncated input never looks complete. An errored
   * stream when stdin was not requested.
   */
  get stdin(): WritableStream<Uint8Array> {
    return this.#openInput()?.writable ?? (this.#noStdin ??= erroredStdin());
  }

  /**
   * The exit code; null when the status is missing or has none, which is not
   * success, and always null for attach. Rejects as `waitForStatus()` does.
   * Waits from the first `await` or `then` on, not when the property is read.
   */
  get exitCode(): Promise<number | null> {
    // A wait for the status lets unclaimed output be discarded.
    return this.#exitCode ??= new LazyPromise(async () => {
      const status = await this.waitForStatus();
      return this.hasExitCode ? exitCodeOf(status) : null;
    });
  }

  /** The output channel. Ends at once when it was not requested. */
  get stdout(): ByteStream {
    return this.#stdout.readable as ByteStream;
  }

  /** The error channel. Ends at once with a TTY, or when not requested. */
  get stderr(): ByteStream {
    return this.#stderr.readable as ByteStream;
  }

  /**
   * Writes text (as UTF-8) or bytes to stdin, without keeping its lock.
   * Concurrent writes queue in order.
   *
   * @returns When the bytes are in the socket's buffer, which has room again.
   * @throws {TypeError} If stdin was not requested, its stream is locked, or the
   * text is not valid Unicode.
   * @throws {SessionEndedError} If the session has ended.
   */
  async write(data: string | Uint8Array): Promise<void> {
    const action = "write to stdin";
    const input = this.#openInput();
    if (input === null) throw notRequested(action);
    this.#checkLive(action);
    const isText = typeof data === "string";
    if (isText) checkUnicode(data, action, "the text");
    await input.write(isText ? encodeText(data) : asBytes(data));
  }

  /**
   * Ends the input after what is queued. Without a TTY it half-closes the
   * channel; on exec with a TTY it types the end-of-transmission character
   * (0x04), as a person would; on attach with a TTY it only ends the local
   * stream, since that character could end the container's main process.
   * Idempotent; does nothing when stdin was not requested.
   *
   * @throws {HalfCloseUnsupportedError} If the server speaks v4, which cannot
   * end one channel; the session stays usable.
   * @throws {TypeError} If the stream `stdin` is locked.
   */
  async closeStdin(): Promise<void> {
    const input = this.#openInput();
    if (input === null || this.#session.outcome !== null) return;
    this.#checkHalfClose();
    await input.close();
  }

  /**
   * Sends the terminal's size, in characters.
   *
   * @throws {TypeError} If the session has no TTY.
   * @throws {RangeError} If a side is not within 1 to 65535.
   * @throws {SessionEndedError} If the session has ended.
   */
  // deno-lint-ignore require-await
  async resize(size: TerminalSize): Promise<void> {
    checkTerminalSize(size);
    if (!this.tty) {
      throw new TypeError(
        "Cannot resize: the session was opened without a tty",
      );
    }
    this.#checkLive("resize");
    this.#session.send(CHANNEL.resize, encodeResize(size));
  }

  /**
   * Waits for the status that ends the session.
   *
   * @returns The status; null when the connection was closed cleanly without
   * one, or by our own `close()`. Null is not success.
   * @throws {ConnectionLostError} If the connection ended abnormally.
   */
  waitForStatus(): Promise<Status | null> {
    this.#flow.awaitStatus();
    if (this.#status === null) {
      this.#status = this.#session.settled.then(({ status, failure }) => {
        if (failure !== undefined) throw failure.reason;
        return status;
      });
      // A failure without a waiter is not an unhandled rejection.
      this.#status.catch(() => {});
    }
    return this.#status;
  }

  /**
   * Reads stdout line by line, as UTF-8 text. A line ends with LF or CR LF,
   * which are left out; the last line may be unterminated, unless stdout fails.
   * Leaving the loop cancels stdout.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const session = await pods.exec.stream("web-0", {
   *   command: ["sh", "-c", "echo one; echo two"],
   *   stderr: false,
   * });
   * for await (const line of session.lines()) console.log(line);
   * await client.close();
   * ```
   *
   * @throws {TypeError} If the stream `stdout` is locked.
   * @throws {BufferOverflowError} If a line is longer than 16 MiB.
   */
  async *lines(): AsyncGenerator<string, void> {
    const rest = yield* readLines(this.stdout, "read the lines of stdout");
    if (rest !== "") yield rest;
  }

  /**
   * Ends the session from this side and drops what is still queued. A
   * disconnect only ends the remote process's stdin; it does not kill it.
   *
   * @returns When the socket is released, at most about a second later.
   */
  async close(): Promise<void> {
    const session = this.#session;
    session.end({ kind: "disposed" });
    const reason = endedError("read", session.outcome?.status ?? null);
    this.#stdout.fail(reason, true);
    this.#stderr.fail(reason, true);
    await session.released;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Null if stdin was not requested. Most idle sessions never use theirs. */
  #openInput(): InputChannel | null {
    if (!this.hasStdin) return null;
    if (this.#input !== null) return this.#input;
    const session = this.#session;
    this.#input = new InputChannel({
      send: (payload) => session.send(CHANNEL.stdin, payload),
      drained: () => session.drained(),
      finish: () => {
        this.#checkHalfClose();
        if (!this.tty) session.halfCloseStdin();
        else if (this.hasExitCode) session.send(CHANNEL.stdin, EOT);
      },
      aborted: (reason) => session.end({ kind: "aborted", reason }),
    });
    if (session.outcome !== null) {
      this.#input.fail(session.endedReason("write to stdin"));
    }
    return this.#input;
  }

  /** A terminal's end of input is a character; without one it takes v5. */
  #checkHalfClose(): void {
    if (this.tty || supportsHalfClose(this.protocol)) return;
    throw new HalfCloseUnsupportedError(
      `Cannot close stdin: the server speaks ${this.protocol}, which cannot ` +
        `end one channel`,
      { protocol: this.protocol },
    );
  }

  #checkLive(action: string): void {
    if (this.#session.outcome !== null) throw this.#session.endedReason(action);
  }
}

/** A live `attach`: the server sends no exit code. */
export interface AttachSession extends StreamSession {
  /** The subresource. */
  readonly subresource: "attach";
  /** Always null. Rejects as `waitForStatus()` does. */
  readonly exitCode: Promise<null>;
}

function notRequested(action: string): TypeError {
  return new TypeError(
    `Cannot ${action}: the session was opened without stdin`,
  );
}

function erroredStdin(): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    start: (controller) => controller.error(notRequested("write to stdin")),
  });
}
