import process from "node:process";
import { fileURLToPath } from "node:url";
import { launch } from "./launch.ts";

/** The command that runs the program of `./cli` on the runtime at hand. */
export function podwire(...args: readonly string[]): string[] {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  return [process.execPath, ...launch(), main, ...args];
}
