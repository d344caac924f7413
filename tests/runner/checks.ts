import { root } from "../runtimes/specifiers.ts";

/** One check of the sources: a `deno` command that must succeed. */
export interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

/** Every check of the sources, the quickest first. */
export async function listChecks(): Promise<Check[]> {
  return [
    { name: "deno fmt --check", args: ["fmt", "--check"] },
    { name: "deno lint", args: ["lint"] },
    {
      name: "deno check",
      args: ["check", "--doc", "mod.ts", "src", "tests", "examples"],
    },
    {
      name: "deno doc --lint",
      args: ["doc", "--lint", ...await entryPoints()],
    },
    {
      name: "deno publish --dry-run",
      args: ["publish", "-c", "jsr.json", "--dry-run", "--allow-dirty"],
    },
  ];
}

async function entryPoints(): Promise<string[]> {
  const manifest: { exports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  return Object.values(manifest.exports);
}
