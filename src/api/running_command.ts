import { CHANNEL } from "../channel/channels.ts";
import {
  BufferOverflowError,
  type PartialResult,
  SessionEndedError,
  StdinError,
} from "../errors.ts";
import { ChannelSession } from "../session/channel_session.ts";
import type { Outcome } from "../session/outcome.ts";
import { ByteCollector } from "../streams/byte_collector.ts";
import { InputChannel } from "../streams/input_channel.ts";
import type { Connection } from "../transport/transport.ts";
import { ExecResult } from "./exec_result.ts";
import { withPartial } from "./partial.ts";
import type { StdinFeed } from "./stdin_feed.ts";
import { keepAliveOf, type SubresourceCall } from "./subresource.ts";

/** One command that runs, its output collected. */
export class RunningCommand {
  readonly #call: SubresourceCall;
  readonly #session: ChannelSession;
  readonly #stdout: ByteCollector;
  readonly #stderr: ByteCollector;
  readonly #limit: number;

  constructor(
    call: SubresourceCall,
    connection: Connection,
    options: { stdout: boolean; stderr: boolean; limit: number },
  ) {
    this.#call = call;
    this.#limit = options.limit;
    this.#stdout = this.#collector("stdout");
    this.#stderr = this.#collector("stderr");
    this.#session = new ChannelSession({
      connection,
      stdout: options.stdout ? this.#stdout : null,
      stderr: options.stderr ? this.#stderr : null,
      keepAlive: keepAliveOf(call.client),
      paused: () => false,
    });
  }

  /** Feeds stdin, waits for the end, and says how it went. */
  async finish(feed: StdinFeed | null): Promise<ExecResult> {
    const { signal } = this.#call.deadline;
    const aborted = () => this.#abort(signal.reason);
    signal.addEventListener("abort", aborted, { once: true });
    if (signal.aborted) aborted();
    this.#joinClient();
    const fed = feed === null ? null : this.#feed(feed);
    this.#session.start();
    try {
      const outcome = await this.#session.settled;
      feed?.cancel(this.#session.endedReason("write to stdin"));
      await fed;
      return this.#result(outcome);
    } finally {
      signal.removeEventListener("abort", aborted);
    }
  }

  /** A client that closes breaks the command off; it may have closed already. */
  #joinClient(): void {
    const session = this.#session;
    const close = async () => {
      this.#abort(
        new SessionEndedError(
          `Cannot finish ${this.#call.action}: the client was closed`,
          { status: null },
        ),
      );
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
      // The end of the session breaks the feed off; that is no failure of it.
      if (error instanceof StdinError) this.#abort(error);
    }
  }

  #result(outcome: Outcome): ExecResult {
    if (outcome.failure !== undefined) {
      throw withPartial(outcome.failure.reason, this.#collected(outcome));
    }
    return new ExecResult(this.#collected(outcome));
  }

  #collected({ status }: { status: PartialResult["status"] }): PartialResult {
    return {
      stdout: this.#stdout.bytes(),
      stderr: this.#stderr.bytes(),
      status,
    };
  }

  #collector(channel: "stdout" | "stderr"): ByteCollector {
    const limit = this.#limit;
    return new ByteCollector(limit, (discarded) => {
      this.#abort(
        new BufferOverflowError(
          `Cannot collect more of ${channel}: it exceeds maxBuffer, ${limit} bytes`,
          { channel, limit, discarded },
        ),
      );
    });
  }

  #abort(reason: unknown): void {
    this.#session.end({ kind: "aborted", reason });
  }
}
