import { builtin } from "../builtin.ts";

/**
 * Sets the terminal of stdin to pass on each key as it is, or back to what it
 * was before it was raw for the first time.
 */
export function setRawMode(raw: boolean): void {
  builtin("node:process").stdin.setRawMode(raw);
  if (raw) keepLineFeeds();
}

/**
 * The runtimes leave the terminal to put a carriage return before each line
 * feed. The remote terminal has done so where it was right: a program that moves
 * the cursor down by a line feed would end up in the wrong column.
 */
function keepLineFeeds(): void {
  if (builtin("node:process").platform === "win32" || !mayRun("stty")) return;
  builtin("node:child_process").spawnSync("stty", ["-opost"], {
    stdio: ["inherit", "ignore", "ignore"],
  });
}

/** Deno would ask for the permission, in the terminal at hand. */
function mayRun(command: string): boolean {
  if (!("Deno" in globalThis)) return true;
  return Deno.permissions.querySync({ name: "run", command }).state ===
    "granted";
}
