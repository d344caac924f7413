import { onAbort } from "../abortable.ts";
import { checkUnicode, encodeText } from "../bytes.ts";
import { CHANNEL } from "../channel/frame.ts";
import { exitCodeOf } from "../channel/status_frame.ts";
import {
  BufferOverflowError,
  type PartialResult,
  PodwireError,
  SessionEndedError,
  ShellNotFoundError,
  StdinError,
} from "../errors.ts";
import {
  type ExecRunOptions,
  type RunRequest,
  runRequest,
} from "../request/exec_options.ts";
import { ChannelSession } from "../session/channel_session.ts";
import type { Outcome } from "../session/outcome.ts";
import { AnnouncementFilter } from "../streams/announcement_filter.ts";
import { startTimer } from "../timers.ts";
import { shellCheck, shellProblemIn } from "./shell_problem.ts";
import { ByteCollector } from "../streams/byte_collector.ts";
import { asBytes, InputChannel } from "../streams/input_channel.ts";
import type { Connection } from "../transport/transport.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import { ExecResult } from "./exec_result.ts";
import {
  keepAliveOf,
  negotiateRun,
  openOnPod,
  startCall,
  type SubresourceCall,
} from "./negotiate.ts";

/** Runs a command to its end, and collects its output. */
export async function runCommand(
  context: CallContext,
  target: Target,
  options: ExecRunOptions,
): Promise<ExecResult> {
  const started = startCall(context, "exec", target, options, runRequest);
  let feed: StdinFeed | null = null;
  try {
    feed = stdinFeed(started.action, options.stdin);
    const { call, opened } = await openOnPod(started, negotiateRun);
    return await new RunningCommand(call, opened).finish(feed);
  } catch (error) {
    feed?.cancel(error);
    // A server may have started the command although its answer did not come.
    if (started.request.kill !== null) setKilled(error, false);
    throw withPartial(error, nothingCollected());
  } finally {
    started.deadline.release();
  }
}

/** One command that runs, its output collected. */
class RunningCommand {
  readonly #call: SubresourceCall<RunRequest>;
  readonly #session: ChannelSession;
  readonly #stdout: ByteCollector;
  readonly #stderr: ByteCollector;
  /** Null unless the process is to be killed when it is given up. */
  readonly #announcement: AnnouncementFilter | null;
  /** Why the command was given up; null while it was not. */
  #givenUp: { readonly reason: unknown } | null = null;
  #stopWaiting = (): void => {};

  constructor(call: SubresourceCall<RunRequest>, connection: Connection) {
    const { stdout, stderr, kill, collectsStderr } = call.request;
    this.#call = call;
    this.#stdout = this.#collector("stdout");
    this.#stderr = this.#collector("stderr");
    this.#announcement = kill && new AnnouncementFilter(
      kill.announcement,
      collectsStderr ? this.#stderr : null,
      () => this.#endGivenUp(),
    );
    this.#session = new ChannelSession({
      connection,
      stdout: stdout ? this.#stdout : null,
      stderr: this.#announcement ?? (stderr ? this.#stderr : null),
      refusal: shellCheck(call),
      keepAlive: keepAliveOf(call),
      paused: () => false,
      hideCredentials: (text) => call.client.hideCredentials(text),
    });
    this.#session.onEnd(({ status, failure }) =>
      call.client.ended(connection, {
        exitCode: exitCodeOf(status),
        error: failure?.reason ?? null,
      })
    );
  }

  /** Feeds stdin, and waits for the end. */
  async finish(feed: StdinFeed | null): Promise<ExecResult> {
    const stop = onAbort(
      this.#call.deadline.signal,
      (reason) => this.#abort(reason),
    );
    this.#tieToClient();
    const fed = feed === null ? null : this.#feed(feed);
    this.#session.start();
    try {
      const outcome = await this.#session.settled;
      feed?.cancel(this.#session.endedReason("write to stdin"));
      await fed;
      return await this.#result(outcome);
    } finally {
      stop();
      this.#stopWaiting();
    }
  }

  /** Closing the client aborts the command; the client may be closed already. */
  #tieToClient(): void {
    const session = this.#session;
    const close = async () => {
      const reason = new SessionEndedError(
        `Cannot finish ${this.#call.action}: the client was closed`,
        { status: null },
      );
      session.end({ kind: "aborted", reason });
      await session.released;
    };
    try {
      session.released.then(this.#call.client.adopt({ close }));
    } catch (error) {
      this.#abort(error);
    }
  }

  async #feed(feed: StdinFeed): Promise<void> {
    const session = this.#session;
    const input = new InputChannel({
      send: (payload) => session.send(CHANNEL.stdin, payload),
      drained: () => session.drained(),
      finish: () => session.halfCloseStdin(),
      aborted: () => {},
    });
    session.onEnd(() => input.fail(session.endedReason("write to stdin")));
    try {
      await feed.run(input);
    } catch (error) {
      // The end of the session aborts the feed, which is not a failure.
      if (error instanceof StdinError) this.#abort(error);
    }
  }

  async #result(outcome: Outcome): Promise<ExecResult> {
    const { action, request } = this.#call;
    const failure = this.#givenUp ?? outcome.failure;
    if (failure !== undefined) {
      await this.#kill(outcome, failure.reason);
      throw withPartial(failure.reason, this.#collected(outcome));
    }
    const { unparsedStatus } = this.#session;
    const collected = this.#collected(outcome);
    const result = new ExecResult({ ...collected, unparsedStatus });
    const isStarted = !request.usesShell ||
      Boolean(this.#announcement?.announced);
    const problem = isStarted ? null : shellProblemIn(result, action);
    if (problem !== null) throw problem;
    return result;
  }

  /** Ends the process of a command that was given up, if that is wanted. */
  async #kill(outcome: Outcome, reason: unknown): Promise<void> {
    const { kill } = this.#call.request;
    if (kill === null || reason instanceof ShellNotFoundError) return;
    const announced = this.#announcement?.announced ?? null;
    let killed = outcome.status !== null;
    if (!killed && announced !== null) {
      const { killProcess, KILL_TIMEOUT } = await import("./kill_process.ts");
      const { context, name, namespace, request } = this.#call;
      killed = await killProcess(
        announced,
        kill.signals,
        (command) =>
          runCommand(context, name, {
            command,
            container: request.container,
            namespace,
            stderr: false,
            timeout: KILL_TIMEOUT,
          }),
      );
    }
    setKilled(reason, killed);
    kill.onKilled(killed);
  }

  #collected({ status }: { status: PartialResult["status"] }): PartialResult {
    return {
      stdout: this.#stdout.bytes(),
      stderr: this.#stderr.bytes(),
      status,
    };
  }

  #collector(channel: "stdout" | "stderr"): ByteCollector {
    const limit = this.#call.request.maxBuffer;
    return new ByteCollector(limit, (discarded) => {
      this.#abort(
        new BufferOverflowError(
          `Cannot collect more of ${channel}: it exceeds maxBuffer, ${limit} bytes`,
          { channel, limit, discarded },
        ),
      );
    });
  }

  /** Gives the command up; only the first reason counts. */
  #abort(reason: unknown): void {
    if (this.#givenUp !== null || this.#session.outcome !== null) return;
    this.#givenUp = { reason };
    if (this.#announcement === null || this.#announcement.isOver) {
      return this.#endGivenUp();
    }
    // Without its identity the process cannot be killed: wait a moment for it.
    this.#stopWaiting = startTimer(ANNOUNCED_WITHIN, () => this.#endGivenUp());
  }

  #endGivenUp(): void {
    if (this.#givenUp === null) return;
    const { reason } = this.#givenUp;
    this.#session.end({ kind: "aborted", reason });
  }
}

/** How long `sh` may take to announce the process after an abort, in ms. */
const ANNOUNCED_WITHIN = 2_000;

/** Writes a whole source to stdin, then closes it. */
interface StdinFeed {
  /**
   * Resolves when everything is written and stdin is closed.
   *
   * @throws {StdinError} If the source fails, or a chunk is not bytes.
   * @throws The session's end, if that comes first.
   */
  run(input: InputChannel): Promise<void>;
  /** Cancels the source: the rest will not be read. */
  cancel(reason: unknown): void;
}

/**
 * Locks a source.
 *
 * @returns Null for no stdin.
 * @throws {TypeError} If it cannot be a stdin, or is a locked stream.
 */
function stdinFeed(
  action: string,
  source: ExecRunOptions["stdin"] = null,
): StdinFeed | null {
  if (source === null) return null;
  if (typeof source === "string") {
    checkUnicode(source, action, "stdin");
    return bytesFeed(encodeText(source));
  }
  if (ArrayBuffer.isView(source)) return bytesFeed(asBytes(source));
  if (isStream(source)) {
    if (source.locked) {
      throw new TypeError(
        `Cannot ${action}: stdin is a ReadableStream that is locked`,
      );
    }
    const reader = source.getReader();
    return pulledFeed(
      () => reader.read(),
      (reason) => reader.cancel(reason),
    );
  }
  if (typeof source?.[Symbol.asyncIterator] !== "function") {
    throw new TypeError(
      `Cannot ${action}: stdin must be null, a string, bytes, a ReadableStream ` +
        `or an AsyncIterable`,
    );
  }
  const iterator = source[Symbol.asyncIterator]();
  return pulledFeed(
    () => iterator.next(),
    () => Promise.resolve(iterator.return?.()),
  );
}

/** Not every runtime's `ReadableStream` is an `AsyncIterable`. */
function isStream(
  source: Exclude<ExecRunOptions["stdin"], string | null | undefined>,
): source is ReadableStream<Uint8Array> {
  return typeof (source as ReadableStream | null)?.getReader === "function";
}

function bytesFeed(bytes: Uint8Array): StdinFeed {
  return {
    async run(input) {
      if (bytes.byteLength > 0) await input.write(bytes);
      await input.close();
    },
    cancel() {},
  };
}

/**
 * @param read The next chunk of the source.
 * @param abandon Ends the source, whose rest is not needed.
 */
function pulledFeed(
  read: () => Promise<{ done?: boolean; value?: unknown }>,
  abandon: (reason: unknown) => Promise<unknown>,
): StdinFeed {
  // A failure to end the source does not concern the command.
  const cancel = (reason: unknown) => void abandon(reason).catch(() => {});
  const next = async (): Promise<Uint8Array | null> => {
    try {
      const { done, value } = await read();
      return done ? null : asBytes(value);
    } catch (cause) {
      cancel(cause);
      throw new StdinError("Cannot write to stdin: its source failed", {
        cause,
      });
    }
  };
  return {
    async run(input) {
      let chunk: Uint8Array | null;
      while ((chunk = await next()) !== null) await input.write(chunk);
      await input.close();
    },
    cancel,
  };
}

/** Tells whether the process is gone; an abort's reason belongs to the caller. */
function setKilled(error: unknown, killed: boolean): void {
  if (error instanceof PodwireError && "killed" in error) {
    error.killed ??= killed;
  }
}

/** The partial result of a `run` that failed before any output. */
function nothingCollected(): PartialResult {
  return { stdout: new Uint8Array(), stderr: new Uint8Array(), status: null };
}

/**
 * Sets an error's partial result, if its class has one and it is not set yet.
 * Abort reasons belong to the caller and stay unchanged.
 */
function withPartial(error: unknown, partial: PartialResult): unknown {
  if (error instanceof PodwireError && "partial" in error) {
    error.partial ??= partial;
  }
  return error;
}
