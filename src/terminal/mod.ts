/**
 * Connects a session to the local terminal, on Deno, Bun and Node.
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

import type { TerminalSize } from "../channel/resize.ts";
import { processTerminal } from "../platform/terminal/terminal.ts";
import type { StreamSession } from "../session/stream_session.ts";
import { runSessionIn, type TerminalOptions } from "./run_in_terminal.ts";

export type { Bytes, ByteStream } from "../bytes.ts";
export type { ChannelProtocol } from "../channel/subprotocols.ts";
export type { Status, StatusCause, StatusDetails } from "../status.ts";
export type { StreamSession, TerminalOptions, TerminalSize };

/**
 * Connects a session to this process's stdin, stdout and stderr until the
 * session ends, or until ctrl-p ctrl-q (attach only). Then closes the session.
 *
 * If the session has a TTY and stdin is a terminal, the terminal is in raw mode
 * meanwhile: every key goes to the container, ctrl-c too. The terminal is
 * restored in every case: at the end, after an error, at the process's exit,
 * and at SIGHUP, SIGINT, SIGQUIT or SIGTERM, which then end the process unless
 * another listener handles them. SIGTSTP restores it while the process is
 * stopped. The size of the terminal is sent at the start and when it changes.
 *
 * Both directions have backpressure. After the end nothing reads stdin: further
 * input stays for its next reader. (Deno before 2.7 finishes a pending read of
 * a pipe. Bun before 1.4 reads a pipe without limit, and does not report that
 * the reader of its output is gone.)
 *
 * @param session Its streams must be unlocked and unread.
 * @returns The command's exit code, or 1 if it is unknown or above 255, which no
 * process can exit with. For an attach: 0 after success or detaching, else 1.
 * After a signal that another listener handles: 128 plus the signal's number.
 * @throws {ConnectionLostError} If the connection ended abnormally; output
 * received before is written. Any other reason that the session ends with is
 * thrown as it is.
 * @throws {HalfCloseUnsupportedError} At the end of stdin, if the protocol
 * cannot send it.
 * @throws The system's error if stdin cannot be read or stdout cannot be
 * written; its code is `EPIPE` if the reader of stdout is gone.
 */
export function runInTerminal(
  session: StreamSession,
  options: TerminalOptions = {},
): Promise<number> {
  return runSessionIn(processTerminal(), session, options);
}

/**
 * The size of the terminal at stdout, for the `size` of a session; undefined if
 * stdout is not a terminal.
 */
export function terminalSize(): TerminalSize | undefined {
  return processTerminal().size() ?? undefined;
}

/** Whether stdin is a terminal, so that a session can use a TTY. */
export function isTerminal(): boolean {
  return processTerminal().stdinIsTTY;
}
