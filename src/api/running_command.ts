import { onAbort } from "../abortable.ts";
import { CHANNEL } from "../channel/frame.ts";
import { exitCodeOf } from "../channel/status_frame.ts";
import {
  BufferOverflowError,
  type PartialResult,
  ShellNotFoundError,
  StdinError,
} from "../errors.ts";
import type { RunRequest } from "../request/exec_options.ts";
import { ChannelSession } from "../session/channel_session.ts";
import type { Outcome } from "../session/outcome.ts";
import { AnnouncementFilter } from "../streams/announcement_filter.ts";
import { ByteCollector } from "../streams/byte_collector.ts";
import { InputChannel } from "../streams/input_channel.ts";
import { startTimer } from "../timers.ts";
import type { Connection } from "../transport/transport.ts";
import { ExecResult } from "./exec_result.ts";
import type { RunBeside } from "./kill_process.ts";
import { keepAliveOf } from "./negotiate.ts";
import { setKilled, withPartial } from "./run_error.ts";
import { shellCheck, shellProblemIn } from "./shell_problem.ts";
import type { StdinFeed } from "./stdin_feed.ts";
import type { SubresourceCall } from "./subresource_call.ts";

/** One command that runs, its output collected. */
export class RunningCommand {
  readonly #call: SubresourceCall<RunRequest>;
  readonly #runBeside: RunBeside;
  readonly #session: ChannelSession;
  readonly #stdout: ByteCollector;
  readonly #stderr: ByteCollector;
  /** Null unless the process is to be killed when it is given up. */
  readonly #announcement: AnnouncementFilter | null;
  /** Why the command was given up; null while it was not. */
  #givenUp: { readonly reason: unknown } | null = null;
  #stopWaiting = (): void => {};

  /** @param runBeside Runs another command in the same container. */
  constructor(
    call: SubresourceCall<RunRequest>,
    connection: Connection,
    runBeside: RunBeside,
  ) {
    const { stdout, stderr, kill, collectsStderr } = call.request;
    this.#call = call;
    this.#runBeside = runBeside;
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

  /** Resolves once the connection is released. */
  get released(): Promise<void> {
    return this.#session.released;
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
      const { killProcess } = await import("./kill_process.ts");
      killed = await killProcess(announced, kill.signals, this.#runBeside);
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

/**
 * How long the upgrade may take after an abort, and then `sh` to announce the
 * process, in milliseconds.
 */
export const ANNOUNCED_WITHIN = 2_000;
