import { fileURLToPath } from "node:url";
import { root } from "../../harness/preload/specifiers.ts";
import { runCommand } from "./run_command.ts";

/** What the tests in a page and at the edge bundle, and all that it imports. */
const MODULES = [
  "tests/platforms/browser/probe.ts",
  "examples/web_terminal/page.ts",
];

/**
 * Has `deno bundle` fetch what it works with, and packages for pages. Tests
 * could not: they trust the certificate authority of the tests, and no other.
 */
export async function provideBundler(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "podwire-bundle-" });
  try {
    const command = {
      program: Deno.execPath(),
      args: [
        ...["bundle", "--quiet", "--platform=browser", "--outdir", directory],
        ...MODULES.map((path) => fileURLToPath(new URL(path, root))),
      ],
    };
    const { ok, output } = await runCommand(command, { timeout: 300_000 });
    if (!ok) throw new Error(`Cannot bundle for a page: ${output}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
