import { VERSION } from "../version.ts";
import { attach } from "./attach.ts";
import { type CommandLine, parseCommandLine } from "./command_line.ts";
import { exec } from "./exec.ts";
import type { CommandName } from "./flags.ts";
import { helpFor } from "./help.ts";
import { logs } from "./logs.ts";
import { errorMessage, print, printMessage } from "./messages.ts";
import { portForward } from "./port_forward.ts";

/** The exit code of a shell for a program that SIGPIPE ended. */
const BROKEN_PIPE = 141;

const COMMANDS: Readonly<
  Record<CommandName, (commandLine: CommandLine) => Promise<number>>
> = {
  exec,
  attach,
  logs,
  // Loaded when it is called: no other command needs what copies files.
  cp: async (commandLine) => (await import("./cp.ts")).cp(commandLine),
  "port-forward": portForward,
  version: async (commandLine) =>
    (await import("./version.ts")).version(commandLine),
  completion: async (commandLine) =>
    (await import("./completion_script.ts")).completion(commandLine),
};

/** What the scripts of `completion` call; the line that is completed follows. */
const COMPLETE = "__complete";

/** Runs a command line; resolves with the exit code and never rejects. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    if (args[0] === COMPLETE) {
      return await (await import("./complete.ts")).complete(args.slice(1));
    }
    return await runCommandLine(parseCommandLine(args));
  } catch (error) {
    // The reader of stdout is gone, as in `| head`: don't print an error.
    if (Reflect.get(Object(error), "code") === "EPIPE") return BROKEN_PIPE;
    await printMessage(errorMessage(error)).catch(() => {});
    return 1;
  }
}

async function runCommandLine(commandLine: CommandLine): Promise<number> {
  const { command } = commandLine;
  const wantsHelp = commandLine.has("help");
  if (commandLine.has("version") && !wantsHelp) {
    await print("stdout", `podwire ${VERSION}\n`);
    return 0;
  }
  if (command !== null && !wantsHelp) {
    return await COMMANDS[command](commandLine);
  }
  await print("stdout", helpFor(command));
  return 0;
}
