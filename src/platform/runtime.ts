import { builtin } from "./builtin.ts";

/** Whether this is Bun 1.4 or later, which rewrote `node:tls`. */
export function isModernBun(): boolean {
  const { version } = Reflect.get(globalThis, "Bun") as { version: string };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || major === 1 && minor >= 4;
}

/** Whether this is Deno 2.7 or later, which rewrote `node:tls`. */
export function isModernDeno(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 7;
}

/** Whether this process's stdin is a terminal. */
export function stdinIsTerminal(): boolean {
  return builtin("node:tty").isatty(0);
}
