import { VERSION } from "../version.ts";
import { type CommandLine, parseCommandLine } from "./command_line.ts";
import type { CommandName } from "./flags.ts";
import { helpFor } from "./help.ts";
import { errorMessage, print, printMessage } from "./messages.ts";

/** The exit code of a shell for a program that SIGPIPE ended. */
const BROKEN_PIPE = 141;

/** Loaded when they are called: none needs what the others are made of. */
const COMMANDS: Readonly<
  Record<CommandName, (commandLine: CommandLine) => Promise<number>>
> = {
  exec: async (commandLine) => (await import("./exec.ts")).exec(commandLine),
  attach: async (commandLine) =>
    (await import("./attach.ts")).attach(commandLine),
  logs: async (commandLine) => (await import("./logs.ts")).logs(commandLine),
  cp: async (commandLine) => (await import("./cp.ts")).cp(commandLine),
  "port-forward": async (commandLine) =>
    (await import("./port_forward.ts")).portForward(commandLine),
  debug: async (commandLine) => (await import("./debug.ts")).debug(commandLine),
  run: async (commandLine) => (await import("./run.ts")).run(commandLine),
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
