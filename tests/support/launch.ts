import { fileURLToPath } from "node:url";
import { runtime } from "../harness.ts";

/** How the runtime at hand runs a file with the bare specifiers of deno.json. */
export function launch(): string[] {
  const preload = new URL(`../runtimes/${runtime}.ts`, import.meta.url);
  switch (runtime) {
    case "deno":
      return ["run", "--quiet", "--no-check", "--allow-all"];
    case "bun":
      return ["--no-install", `--preload=${fileURLToPath(preload)}`];
    case "node":
      return ["--no-warnings", `--import=${preload.href}`];
  }
}
