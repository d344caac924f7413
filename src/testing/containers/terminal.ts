/**
 * Processes in a terminal. Deno, Bun and Node share no API for a pty, so
 * `script` of util-linux creates it: the command runs under `script`, whose
 * pipes are the other end of the terminal, and `stty` sets its size from
 * outside. Linux only.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { TerminalSize } from "../../channel/resize.ts";
import { sleepUpTo } from "../sleep_up_to.ts";

export interface CommandOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
}

/** 30 s: a busy machine may be slow to start `script`. */
const FIND_ATTEMPTS = 3_000;
const FIND_INTERVAL = 10;
/** The first major device number of /dev/pts in Linux. */
const PTS_MAJOR = 136;

/**
 * Spawns a command in a new terminal.
 *
 * @param size The initial size; null leaves it 0 by 0.
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

/** Sets the size of the terminal that `spawnInTerminal` created. */
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

/** The command line for `script`'s shell. It restores the command's SHELL. */
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

/** Waits until the command runs. @returns Its terminal; null when it has ended. */
async function findTerminal(script: ChildProcess): Promise<string | null> {
  const preparation = script.spawnargs[2]!;
  for (let attempt = 0; attempt < FIND_ATTEMPTS; attempt++) {
    if (script.exitCode !== null || script.signalCode !== null) return null;
    const path = readTerminal(script.pid!, preparation);
    if (path !== null) return path;
    await sleepUpTo(FIND_INTERVAL);
  }
  return null;
}

/**
 * The controlling terminal, field 7 of /proc/PID/stat in proc(5). Null while the
 * child is still the shell that prepares it: its `stty` would undo a size set
 * from outside.
 */
function readTerminal(script: number, preparation: string): string | null {
  try {
    const children = readFileSync(
      `/proc/${script}/task/${script}/children`,
      "utf8",
    );
    const child = children.trim().split(" ")[0]!;
    const command = readFileSync(`/proc/${child}/cmdline`, "utf8");
    // Empty for a moment during execve.
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
