/**
 * The command-line program: `exec`, `attach` and `logs`, with kubectl's flags.
 *
 * ```sh
 * deno run -A jsr:@podwire/podwire/cli exec -it web-0 -- sh
 * ```
 *
 * It exits with the exit code of the command, or with 1 if that is unknown or
 * if the program fails, which it reports in one line on stderr. `--help` lists
 * the commands and flags. As a module it does nothing until {@linkcode main} is
 * called:
 *
 * ```ts
 * import { main } from "@podwire/podwire/cli";
 *
 * const exitCode = await main(["exec", "web-0", "--", "uname"]);
 * console.log(exitCode);
 * ```
 *
 * @module
 */

import { realpathSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { attach } from "./attach.ts";
import { type CommandLine, parseCommandLine } from "./command_line.ts";
import { exec } from "./exec.ts";
import type { CommandName } from "./flags.ts";
import { helpFor } from "./help.ts";
import { logs } from "./logs.ts";
import { errorMessage, print, printMessage } from "./messages.ts";

/** The exit code of a shell for a program that SIGPIPE ended. */
const BROKEN_PIPE = 141;

const RUN: Readonly<
  Record<CommandName, (commandLine: CommandLine) => Promise<number>>
> = { exec, attach, logs };

/**
 * Runs the program with this process's stdin, stdout and stderr.
 *
 * @param args The command line, without the program's name.
 * @returns The exit code; the promise never rejects.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const commandLine = parseCommandLine(args);
    const { command } = commandLine;
    if (command !== null && !commandLine.has("help")) {
      return await RUN[command](commandLine);
    }
    await print("stdout", helpFor(command));
    return 0;
  } catch (error) {
    // The reader of stdout is gone, as in `| head`: don't print an error.
    if (Reflect.get(Object(error), "code") === "EPIPE") return BROKEN_PIPE;
    await printMessage(errorMessage(error)).catch(() => {});
    return 1;
  }
}

/** Whether this file was started as a program; Node 22 lacks `meta.main`. */
function isMain(): boolean {
  if (import.meta.main !== undefined) return import.meta.main;
  const started = process.argv[1];
  return started !== undefined &&
    pathToFileURL(realpathSync(started)).href === import.meta.url;
}

// `exit` because a pending read of stdin, which Deno cannot cancel, would keep
// the process alive.
if (isMain()) process.exit(await main(process.argv.slice(2)));
