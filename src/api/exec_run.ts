import type { CallContext } from "./call.ts";
import { type Bytes, encodeText } from "../bytes.ts";
import { CHANNEL } from "../channel/frame.ts";
import {
  BufferOverflowError,
  type PartialResult,
  PodwireError,
  SessionEndedError,
  StdinError,
} from "../errors.ts";
import {
  checkMaxBuffer,
  type ExecRunOptions,
  requested,
  subresourceQuery,
} from "../request/exec_options.ts";
import { ChannelSession } from "../session/channel_session.ts";
import type { Outcome } from "../session/outcome.ts";
import { ByteCollector } from "../streams/byte_collector.ts";
import { asBytes, InputChannel } from "../streams/input_channel.ts";
import type { Connection } from "../transport/transport.ts";
import { ExecResult } from "./exec_result.ts";
import { connectRun } from "./negotiate.ts";
import { keepAliveOf, startCall, type SubresourceCall } from "./subresource.ts";

/** How many bytes `run` collects per stream unless told otherwise. */
const MAX_BUFFER = 64 * 2 ** 20;

/** Runs a command to its end, and collects what it writes. */
export async function runCommand(
  context: CallContext,
  name: string,
  options: ExecRunOptions,
): Promise<ExecResult> {
  const { command, container, stdin = null, maxBuffer } = options;
  const { stdout = true, stderr = true } = options;
  const withStdin = stdin !== null;
  const channels = requested("exec", {
    stdin: withStdin,
    stdout,
    stderr,
    tty: false,
  });
  checkNoTty(options);
  checkMaxBuffer("exec", maxBuffer ?? null);
  const call = startCall(context, "exec", name, options);
  const query = subresourceQuery({ ...channels, command, container });
  let feed: StdinFeed | null = null;
  try {
    feed = withStdin ? stdinFeed("exec", stdin) : null;
    const connection = await connectRun(call, query, withStdin);
    const limit = maxBuffer === undefined ? MAX_BUFFER : maxBuffer ?? Infinity;
    const running = new RunningCommand(call, connection, {
      stdout,
      stderr,
      limit,
    });
    return await running.finish(feed);
  } catch (error) {
    feed?.cancel(error);
    throw withPartial(error, nothingCollected());
  } finally {
    call.deadline.release();
  }
}

/** `run` has none; who asks for one all the same would wait for its effect. */
function checkNoTty(options: object): void {
  if ("tty" in options && options.tty) {
    throw new TypeError("Cannot exec: run never uses a tty; use stream");
  }
}

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

/** What `run` takes as stdin. */
export type StdinSource = Uint8Array | string | ReadableStream<Uint8Array>;

/** Writes a whole source to stdin, then closes it. */
export interface StdinFeed {
  /**
   * Resolves when all is written and the end is said, or when the session ended
   * before that, which is no error.
   *
   * @throws {StdinError} If the source fails, or holds what is not bytes.
   */
  run(input: InputChannel): Promise<void>;
  /** Lets go of the source: nobody will read the rest. */
  cancel(reason: unknown): void;
}

/**
 * Takes hold of a source.
 *
 * @throws {TypeError} If it is none, or a stream that somebody else has locked.
 */
export function stdinFeed(action: string, source: StdinSource): StdinFeed {
  if (typeof source === "string") return bytesFeed(encodeText(source));
  if (ArrayBuffer.isView(source)) return bytesFeed(asBytes(source));
  if (typeof source?.getReader !== "function") {
    throw new TypeError(
      `Cannot ${action}: stdin must be null, a string, bytes or a ReadableStream`,
    );
  }
  if (source.locked) {
    throw new TypeError(
      `Cannot ${action}: stdin is a ReadableStream that is locked`,
    );
  }
  return streamFeed(source.getReader());
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

function streamFeed(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): StdinFeed {
  const next = async (): Promise<Bytes | null> => {
    try {
      const { done, value } = await reader.read();
      return done ? null : asBytes(value) as Bytes;
    } catch (cause) {
      reader.cancel(cause).catch(() => {});
      throw new StdinError("Cannot write to stdin: its source failed", {
        cause,
      });
    }
  };
  return {
    async run(input) {
      let chunk: Bytes | null;
      while ((chunk = await next()) !== null) await input.write(chunk);
      await input.close();
    },
    // Its own failure to cancel says nothing about the command.
    cancel: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}

/** The partial result of a `run` that failed before any output. */
export function nothingCollected(): PartialResult {
  return { stdout: new Uint8Array(), stderr: new Uint8Array(), status: null };
}

/**
 * Gives an error what was collected before it, if its class carries that and it
 * does not know yet. Abort reasons belong to the caller and stay as they are.
 */
export function withPartial(error: unknown, partial: PartialResult): unknown {
  if (error instanceof PodwireError && "partial" in error) {
    error.partial ??= partial;
  }
  return error;
}
