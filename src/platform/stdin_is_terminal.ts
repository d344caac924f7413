import { builtin } from "./builtin.ts";

/** Whether somebody can type at this process's stdin. */
export function stdinIsTerminal(): boolean {
  return builtin("node:tty").isatty(0);
}
