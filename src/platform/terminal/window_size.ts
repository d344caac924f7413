import type { TerminalSize } from "../../channel/resize.ts";
import { builtin } from "../builtin.ts";

/** How often the size is asked for where no signal tells of a change, in ms. */
const POLL_INTERVAL = 250;

/** The size of the terminal that stdout is; null when it is none. */
export function localSize(): TerminalSize | null {
  const { isTTY, columns, rows } = builtin("node:process").stdout;
  return isTTY && columns > 0 && rows > 0
    ? { width: columns, height: rows }
    : null;
}

/**
 * Calls back when the size of the terminal may have changed: at each SIGWINCH,
 * and on Windows, which tells of it only now and then, four times a second.
 *
 * @returns How to stop.
 */
export function onResize(
  callback: () => void,
  platform: string = builtin("node:process").platform,
): () => void {
  const process = builtin("node:process");
  // The runtime has to listen first, to know the new size when we ask for it.
  void process.stdout.columns;
  process.on("SIGWINCH", callback);
  const timer = platform === "win32"
    ? setInterval(callback, POLL_INTERVAL)
    : undefined;
  return () => {
    process.off("SIGWINCH", callback);
    clearInterval(timer);
  };
}
