import type { AttachStreamOptions } from "../request/exec_options.ts";
import type { AttachSession } from "../session/stream_session.ts";
import { CallSite } from "../call_site.ts";
import type { Target } from "../target.ts";
import type { CallContext } from "./call.ts";
import { openStream } from "./open_stream.ts";

/** Joins the main process of a running container: `api.attach`. */
export class AttachAccessor {
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
   * Joins the container's main process: its output from now on, its stdin if
   * the container was declared with `stdin: true` (a server silently discards
   * what is written to one without). There is no exit code, and leaving does
   * not stop the process; but it ends the stdin of a container with `stdinOnce`
   * if stdin was requested, or if the server speaks v4 only.
   *
   * @param target A pod's name, or what kubectl would choose a pod from.
   * @throws {TypeError | RangeError} If an option is invalid; nothing is sent.
   * @throws {TargetNotFoundError} If no pod fits the target.
   * @throws {HandshakeError} If the server refuses.
   * @throws {ConnectError} If there is no answer.
   * @throws {CallTimeoutError} If the handshake takes longer than `timeout`.
   */
  async stream(
    target: Target,
    options: AttachStreamOptions = {},
  ): Promise<AttachSession> {
    const site = new CallSite(this.stream);
    const session = openStream(this.#context, "attach", target, options, site);
    return await session as AttachSession;
  }
}
