import type {
  ExecRunOptions,
  ExecStreamOptions,
} from "../request/exec_options.ts";
import type { StreamSession } from "../session/stream_session.ts";
import { CallSite } from "../call_site.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import type { ExecResult } from "./exec_result.ts";
import {
  type ExecRunAllOptions,
  type PodResult,
  runInAll,
} from "./exec_run_all.ts";
import { runCommand } from "./exec_run.ts";
import { openStream } from "./open_stream.ts";

/** Runs commands in a container: `api.exec`. */
export class ExecAccessor {
  readonly #context: CallContext;

  /**
   * `Api` makes it.
   *
   * @internal
   */
  constructor(context: CallContext) {
    this.#context = context;
  }

  /**
   * Runs a command to its end, and collects its output. An exit code other than
   * 0 is not an error: see {@linkcode ExecResult.throwIfFailed}. It ends at the
   * status frame, whatever the server does with the socket after that.
   *
   * @param target A pod's name, or what kubectl would choose a pod from.
   * @throws {TypeError | RangeError} If an option is invalid; nothing is sent.
   * @throws {TargetNotFoundError} If no pod fits the target.
   * @throws {HandshakeError} If the server refuses.
   * @throws {ConnectError} If there is no answer.
   * @throws {ConnectionLostError} If the connection ends before a status.
   * @throws {CallTimeoutError} If `timeout` runs out.
   * @throws {BufferOverflowError} If a stream exceeds `maxBuffer`.
   * @throws {HalfCloseUnsupportedError} If there is a stdin and the server
   * speaks v4 only, so that stdin cannot be closed. The command is not started,
   * where the transport sees the server's refusal.
   * @throws {StdinError} If the source of stdin fails.
   * @throws {ShellNotFoundError} If `cwd`, `env` or `killOnAbort` need `sh`, and
   * the container has none.
   */
  async run(target: Target, options: ExecRunOptions): Promise<ExecResult> {
    const site = new CallSite(this.run);
    return await site.trace(() => runCommand(this.#context, target, options));
  }

  /**
   * Starts a command, with its channels as streams.
   *
   * @throws As {@linkcode ExecAccessor.run} does until the handshake.
   */
  async stream(
    target: Target,
    options: ExecStreamOptions,
  ): Promise<StreamSession> {
    const site = new CallSite(this.stream);
    return await openStream(this.#context, "exec", target, options, site);
  }

  /**
   * Runs a command in every pod of a target, `concurrency` at a time. The results
   * come as they end; the failure of one stops no other. Leaving the loop aborts
   * the commands that still run.
   *
   * The pods are listed once, at the first result. A completed pod has an error:
   * `fieldSelector: "status.phase=Running"` leaves those out. The timeout is that
   * of each command, the signal aborts all.
   *
   * @throws {TypeError | RangeError} If an option is invalid; nothing is sent.
   * @throws {TargetNotFoundError} From the first `next()`, if there is no pod.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * const command = ["cat", "/etc/hostname"];
   * const web = { labelSelector: "app=web" };
   * for await (
   *   const { pod, result, error } of pods.exec.runAll(web, { command })
   * ) {
   *   console.log(pod, result?.text() ?? error);
   * }
   * await client.close();
   * ```
   */
  runAll(
    target: Target,
    options: ExecRunAllOptions,
  ): AsyncIterableIterator<PodResult> {
    return runInAll(this.#context, target, options);
  }
}
