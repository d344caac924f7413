/**
 * Processes with a terminal. No runtime brings a pty of its own that all of
 * them share, so `script` of util-linux makes it: the command runs under
 * `script`, whose pipes are the terminal's far end, and `stty` sets its size
 * from outside. The same on Deno, Bun and Node, and on Linux only.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { TerminalSize } from "../../channel/resize.ts";

/** A program, where and with what. */
export interface CommandOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
}

/** A busy machine may take its time to start `script`; half a minute is enough. */
const FIND_ATTEMPTS = 3_000;
const FIND_INTERVAL = 10;
/** Of the devices in /dev/pts, by Linux's list of devices. */
const PTS_MAJOR = 136;

/**
 * Spawns a command in a terminal of its own.
 *
 * @param size The terminal's size at the start; null leaves it 0 by 0, as a
 * terminal that nobody has sized.
 */
export function spawnInTerminal(
  { argv, env, cwd }: CommandOptions,
  size: TerminalSize | null,
): ChildProcess {
  return spawn(
    "script",
    ["-qefc", shellCommand(argv, env, size), "/dev/null"],
    {
      cwd,
      env: { TERM: "xterm", ...env, SHELL: "/bin/sh" },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
}

/** Sets the size of the terminal that `spawnInTerminal` made. */
export async function resizeTerminal(
  script: ChildProcess,
  { width, height }: TerminalSize,
): Promise<void> {
  const path = await findTerminal(script);
  if (path === null) return;
  const size = ["rows", `${height}`, "cols", `${width}`];
  const stty = spawn("stty", ["-F", path, ...size], { stdio: "ignore" });
  await new Promise<void>((resolve) => {
    stty.once("exit", () => resolve());
    stty.once("error", () => resolve());
  });
}

/** For `script`'s own shell: each word quoted, SHELL as it was to be. */
function shellCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  size: TerminalSize | null,
): string {
  const stty = size === null
    ? ""
    : `stty rows ${size.height} cols ${size.width}; `;
  const shell = env.SHELL === undefined
    ? "unset SHELL; "
    : `SHELL=${quote(env.SHELL)}; `;
  return `${stty}${shell}exec ${argv.map(quote).join(" ")}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command's terminal, once the command runs; null when it has ended. */
async function findTerminal(script: ChildProcess): Promise<string | null> {
  const preparation = script.spawnargs[2]!;
  for (let attempt = 0; attempt < FIND_ATTEMPTS; attempt++) {
    if (script.exitCode !== null || script.signalCode !== null) return null;
    const path = readTerminal(script.pid!, preparation);
    if (path !== null) return path;
    await new Promise((resolve) => setTimeout(resolve, FIND_INTERVAL));
  }
  return null;
}

/**
 * From the seventh field of proc(5)'s stat: the controlling terminal. Null while
 * the child still is the shell that prepares it: its `stty` would undo a size
 * set from outside.
 */
function readTerminal(script: number, preparation: string): string | null {
  try {
    const children = readFileSync(
      `/proc/${script}/task/${script}/children`,
      "utf8",
    );
    const child = children.trim().split(" ")[0]!;
    const command = readFileSync(`/proc/${child}/cmdline`, "utf8");
    // Empty for a moment while it turns into another program.
    if (command === "" || command.includes(preparation)) return null;
    const stat = readFileSync(`/proc/${child}/stat`, "utf8");
    const device = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4]);
    const minor = device & 0xff | device >>> 12 & 0xfff00;
    const major = device >>> 8 & 0xfff;
    return major === PTS_MAJOR ? `/dev/pts/${minor}` : null;
  } catch {
    return null;
  }
}
