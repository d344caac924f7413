import { runtime } from "../harness.ts";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Arguments with which the current runtime runs a file that uses deno.json's specifiers. */
export function runtimeArgs(): string[] {
  const preload = new URL(`../harness/preload/${runtime}.ts`, import.meta.url);
  switch (runtime) {
    case "deno":
      return ["run", "--quiet", "--no-check", "--allow-all"];
    case "bun":
      return ["--no-install", `--preload=${fileURLToPath(preload)}`];
    case "node":
      return ["--no-warnings", `--import=${preload.href}`];
  }
}

/** The command that runs the program of `./cli` on the current runtime. */
export function podwireCommand(...args: readonly string[]): string[] {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  return [process.execPath, ...runtimeArgs(), main, ...args];
}
