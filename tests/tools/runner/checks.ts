import { root } from "../../harness/preload/specifiers.ts";
import type { CommandLine } from "./commands.ts";
import { hasGo } from "./go.ts";

/** A check of the sources: a command that must succeed. */
export interface Check extends CommandLine {
  readonly name: string;
}

/** All checks of the sources, the quickest first. */
export async function listChecks(): Promise<Check[]> {
  return [
    deno("deno fmt --check", "fmt", "--check"),
    deno("deno lint", "lint"),
    deno("deno check", "check", "--doc", "mod.ts", "src", "tests", "examples"),
    deno("deno doc --lint", "doc", "--lint", ...await entryPoints()),
    deno(
      "deno publish --dry-run",
      ...["publish", "-c", "jsr.json", "--dry-run", "--allow-dirty"],
    ),
    ...(await hasGo() ? goChecks : []),
  ];
}

/** `go test` also runs `go vet`. */
const goChecks: readonly Check[] = [
  "tests/backends/upstream",
  "tests/bench/server",
  "tests/bench/forward_peer",
  "tests/bench/contenders/client_go",
].map((module) => ({
  name: `go test ${module}`,
  program: "go",
  args: ["-C", module, "test", "./..."],
}));

function deno(name: string, ...args: string[]): Check {
  return { name, program: Deno.execPath(), args };
}

async function entryPoints(): Promise<string[]> {
  const manifest: { exports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  return Object.values(manifest.exports);
}
