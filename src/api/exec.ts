import {
  checkCommand,
  type ExecRunOptions,
  type ExecStreamOptions,
} from "../request/exec_options.ts";
import type { StreamSession } from "../session/stream_session.ts";
import type { ExecResult } from "./exec_result.ts";
import { openStream } from "./open_stream.ts";
import { runCommand } from "./exec_run.ts";
import type { CallContext } from "./call.ts";

/** Runs commands in a container: `api.exec`. */
export class ExecAccessor {
  readonly #context: CallContext;

  /** Made by `Api`. */
  constructor(context: CallContext) {
    this.#context = context;
  }

  /**
   * Runs a command to its end, and collects its output. An exit code other than
   * 0 is no error: see {@linkcode ExecResult.throwIfFailed}. It ends at the
   * status frame, whatever the server does with the socket after that.
   *
   * @throws {TypeError | RangeError} If an option is bad; nothing was sent.
   * @throws {HandshakeError} If the server refuses.
   * @throws {ConnectError} If no answer comes.
   * @throws {ConnectionLostError} If the connection ends before a status.
   * @throws {CallTimeoutError} If `timeout` runs out.
   * @throws {BufferOverflowError} If a stream exceeds `maxBuffer`.
   * @throws {HalfCloseUnsupportedError} If there is a stdin and the server
   * cannot be told its end; the command was not started, where that can be seen.
   * @throws {StdinError} If the source of stdin fails.
   */
  // deno-lint-ignore require-await
  async run(name: string, options: ExecRunOptions): Promise<ExecResult> {
    checkCommand("exec", options?.command);
    return runCommand(this.#context, name, options);
  }

  /**
   * Starts a command, and gives its channels as streams.
   *
   * @throws As {@linkcode ExecAccessor.run} does until the handshake.
   */
  // deno-lint-ignore require-await
  async stream(
    name: string,
    options: ExecStreamOptions,
  ): Promise<StreamSession> {
    checkCommand("exec", options?.command);
    return openStream(this.#context, "exec", name, options, options.command);
  }
}
