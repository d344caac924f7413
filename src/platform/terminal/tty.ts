import type { TerminalSize } from "../../channel/resize.ts";
import { builtin } from "../builtin.ts";

/** Milliseconds between two looks at the size on Windows. */
const POLL_INTERVAL = 250;

/**
 * Turns the raw mode of the terminal at stdin on, or restores the mode before
 * it.
 */
export function setRawMode(raw: boolean): void {
  builtin("node:process").stdin.setRawMode(raw);
  if (raw) completeRawMode();
}

/**
 * What raw mode sets, and no output processing: that adds a carriage return to
 * each line feed, which the remote terminal has done where it is right. A
 * program that moves the cursor down by a line feed would end up in the wrong
 * column.
 */
const RAW_MODE = "-opost -icanon -echo -isig -iexten -icrnl -ixon -brkint " +
  "-inpck -istrip min 1 time 0";

/**
 * The runtimes' raw mode keeps output processing. On Bun 1.3 it was missing as a
 * whole, once, after a SIGSTOP; so all of it is set.
 */
function completeRawMode(): void {
  if (builtin("node:process").platform === "win32" || !mayRun("stty")) return;
  builtin("node:child_process").spawnSync("stty", RAW_MODE.split(" "), {
    stdio: ["inherit", "ignore", "ignore"],
  });
}

/** Deno would prompt for the permission in the same terminal. */
function mayRun(command: string): boolean {
  if (!("Deno" in globalThis)) return true;
  return Deno.permissions.querySync({ name: "run", command }).state ===
    "granted";
}

/** What a terminal at stdout is; tests replace it. */
export interface SizedProcess extends Pick<NodeJS.Process, "on" | "off"> {
  readonly platform: string;
  readonly stdout: {
    readonly isTTY: boolean;
    readonly columns: number;
    readonly rows: number;
    /** Node and Bun: asks for the size, which they keep until a SIGWINCH. */
    _refreshSize?(): void;
  };
}

/** The size of the terminal at stdout; null if stdout is not a terminal. */
export function windowSize(
  { platform, stdout }: SizedProcess = builtin("node:process"),
): TerminalSize | null {
  if (platform === "win32" && stdout.isTTY) stdout._refreshSize?.();
  const { isTTY, columns, rows } = stdout;
  return isTTY && columns > 0 && rows > 0
    ? { width: columns, height: rows }
    : null;
}

/**
 * Calls back when the size of the terminal may have changed: at each SIGWINCH,
 * and every 250 ms on Windows, which reports few of the changes.
 *
 * @returns A function that stops it.
 */
export function onResize(
  callback: () => void,
  process: SizedProcess = builtin("node:process"),
): () => void {
  // The getter makes the runtime listen before us, so that it has the new size
  // when we read it.
  void process.stdout.columns;
  process.on("SIGWINCH", callback);
  const timer = process.platform === "win32"
    ? setInterval(callback, POLL_INTERVAL)
    : undefined;
  return () => {
    process.off("SIGWINCH", callback);
    clearInterval(timer);
  };
}
