/**
 * The command-line program: `exec`, `attach`, `logs`, `cp`, `port-forward`,
 * `debug`, `run`, `version` and `completion`, with kubectl's flags.
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

/**
 * Runs the program with this process's stdin, stdout and stderr.
 *
 * @param args The command line, without the program's name.
 * @returns The exit code; the promise never rejects.
 */
export async function main(args: readonly string[]): Promise<number> {
  // Deno and Bun also have this version: that of the Node they are like.
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 3)) {
    console.error(
      `error: podwire needs Node 22.3 or later, this is Node ${node}`,
    );
    return 1;
  }
  // Imported here, because older versions may not even be able to load it.
  const { run } = await import("./program.ts");
  return await run(args);
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
