/**
 * The local terminal as the near end of a session, on Deno, Bun and Node: what
 * is typed goes to the container, what the container writes is shown.
 *
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { runInTerminal, terminalSize } from "@podwire/podwire/terminal";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 *
 * const size = terminalSize();
 * const session = await pods.exec.stream("web-0", {
 *   command: ["sh", "-c", "echo hello from $0", "web-0"],
 *   tty: size !== undefined,
 *   size,
 * });
 * console.log(`exit code ${await runInTerminal(session)}`);
 *
 * await client.close();
 * ```
 *
 * @module
 */

import { localTerminal } from "../platform/terminal/local_terminal.ts";
import type { TerminalSize } from "../channel/resize.ts";
import type { StreamSession } from "../session/stream_session.ts";
import { runSession, type TerminalOptions } from "./run_session.ts";

export type { Bytes } from "../bytes.ts";
export type { ChannelProtocol } from "../channel/subprotocols.ts";
export type { Status, StatusCause, StatusDetails } from "../status.ts";
export type { StreamSession, TerminalOptions, TerminalSize };

/**
 * Connects a session with this process's stdin, stdout and stderr until it
 * ends, or is left by ctrl-p ctrl-q (attach only). The session is closed then.
 *
 * If the session has a tty and stdin is a terminal, that is raw meanwhile: every
 * key goes to the container, ctrl-c too. It is set back whatever happens: at the
 * end, at an error, at the process's exit, and at SIGHUP, SIGINT or SIGTERM,
 * which then end the process unless somebody else listens to them. The size of
 * the terminal is told at the start and when it changes.
 *
 * Everything is streamed with backpressure, and nothing reads stdin afterwards:
 * what is typed then is for whoever reads it next. (Deno before 2.7 finishes the
 * read that was under way on a pipe; Bun before 1.4 reads a pipe without bound,
 * and does not tell that nobody reads its output any more.)
 *
 * @param session Its streams must not be locked, nor be read before.
 * @returns The command's exit code, 1 if it is unknown. Of an attach: 0 if it
 * ended well or was left, else 1. If a signal ended it that somebody listens to,
 * 128 and the signal's number.
 * @throws {ConnectionLostError} If the connection ended abnormally; what came
 * before is shown. Any other reason that the session ends with, as it is.
 * @throws {HalfCloseUnsupportedError} If stdin came to its end, and the server
 * cannot be told.
 * @throws The system's error, if stdin cannot be read or stdout not be written;
 * with the code `EPIPE` if nobody reads any more.
 */
export function runInTerminal(
  session: StreamSession,
  options: TerminalOptions = {},
): Promise<number> {
  return runSession(session, localTerminal(), options);
}

/**
 * The size of the terminal that stdout is, for the `size` of a session; undefined
 * when it is none.
 */
export function terminalSize(): TerminalSize | undefined {
  return localTerminal().size() ?? undefined;
}

/** Whether stdin is a terminal, so that asking for a tty makes sense. */
export function isTerminal(): boolean {
  return localTerminal().isTyped;
}
