// What exec and attach have in common.
import { exitCodeOf } from "../channel/status_frame.ts";
import type { StreamOptions } from "../request/exec_options.ts";
import type { StreamSession } from "../session/stream_session.ts";
import { stdinIsDirectory } from "../platform/terminal/input.ts";
import {
  isTerminal,
  runInTerminal,
  type TerminalOptions,
  terminalSize,
} from "../terminal/mod.ts";
import { CommandError, type CommandLine } from "./command_line.ts";
import { printMessage } from "./messages.ts";

/** @throws {CommandError} `-i` cannot read stdin. */
export function checkStdin(commandLine: CommandLine): void {
  if (commandLine.has("stdin") && stdinIsDirectory()) {
    throw new CommandError("cannot read stdin: it is a directory");
  }
}

/** The channels that the command line requests. */
export type ChannelOptions = Pick<StreamOptions, "stdin" | "tty" | "size">;

/**
 * The channels for `-i` and `-t`. As in kubectl, `-t` has no effect without `-i`
 * or if stdin is not a terminal; the latter is printed.
 *
 * @param wantsTty Defaults to `-t`.
 */
export async function channelOptions(
  commandLine: CommandLine,
  wantsTty: boolean = commandLine.has("tty"),
): Promise<ChannelOptions> {
  const stdin = commandLine.has("stdin");
  const tty = stdin && wantsTty && isTerminal();
  if (stdin && wantsTty && !tty && !commandLine.has("quiet")) {
    await printMessage(
      "Unable to use a TTY - input is not a terminal or the right kind of file",
    );
  }
  return { stdin, tty, size: tty ? terminalSize() : undefined };
}

/** Runs a session in this terminal; prints how it ended unless it succeeded. */
export async function runToEnd(
  session: StreamSession,
  options?: TerminalOptions,
): Promise<number> {
  const exitCode = await runInTerminal(session, options);
  if (exitCode !== 0) await printEnd(session);
  return exitCode;
}

async function printEnd(session: StreamSession): Promise<void> {
  const status = await session.waitForStatus();
  const isLaunched = session.hasExitCode && session.subresource === "attach";
  // It has the cluster's word, for example that the memory was not enough.
  if (isLaunched && status?.message) return await printMessage(status.message);
  // The command's own code, which may be above 255.
  const exitCode = session.hasExitCode ? exitCodeOf(status) : null;
  if (exitCode !== null) {
    return await printMessage(`command terminated with exit code ${exitCode}`);
  }
  const message = status?.message ??
    "the server closed the session without a status";
  await printMessage(`error: ${message}`);
}
