/**
 * The command-line program: `exec`, `attach` and `logs`, with kubectl's flags.
 *
 * ```sh
 * deno run -A jsr:@podwire/podwire/cli exec -it web-0 -- sh
 * ```
 *
 * It exits with the exit code of the command, and with 1 if that is unknown or
 * something goes wrong, which it says in one line on stderr. `--help` tells the
 * rest. As a module it does nothing until {@linkcode main} is called:
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
import { explain } from "./explain.ts";
import type { CommandName } from "./flags.ts";
import { helpFor } from "./help.ts";
import { logs } from "./logs.ts";
import { print, say } from "./screen.ts";

/** What a shell gives for a program that SIGPIPE ended. */
const BROKEN_PIPE = 141;

const RUN: Readonly<
  Record<CommandName, (line: CommandLine) => Promise<number>>
> = { exec, attach, logs };

/**
 * Runs the program, with stdin, stdout and stderr of this process.
 *
 * @param args The command line, without the program's name.
 * @returns What to exit with; it never rejects.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const line = parseCommandLine(args);
    const { command } = line;
    if (command !== null && !line.has("help")) return await RUN[command](line);
    await print("stdout", helpFor(command));
    return 0;
  } catch (error) {
    // Nobody reads any more, as behind `| head`: nothing is left to say.
    if (Reflect.get(Object(error), "code") === "EPIPE") return BROKEN_PIPE;
    await say(explain(error)).catch(() => {});
    return 1;
  }
}

/** Whether this file is what was started; Node 22 does not say. */
function isStarted(): boolean {
  if (import.meta.main !== undefined) return import.meta.main;
  const started = process.argv[1];
  return started !== undefined &&
    pathToFileURL(realpathSync(started)).href === import.meta.url;
}

// A read of stdin that Deno cannot take back must not hold up the end.
if (isStarted()) process.exit(await main(process.argv.slice(2)));
