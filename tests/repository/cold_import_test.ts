import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { test } from "../harness.ts";
import { runCommand } from "../tools/runner/run_command.ts";
import { provideRuntime, type RuntimeName } from "../tools/runner/runtimes.ts";
import { packages, root } from "../harness/preload/specifiers.ts";

const TIMEOUT = 20_000;
const module = fileURLToPath(new URL("mod.ts", root));

test("importing mod.ts on Deno needs no permission and loads no package", async () => {
  await withTemporaryDirectory(async (directory) => {
    await succeed("deno", ["run", "--no-prompt", "--no-check", module], {
      DENO_DIR: directory,
    });
    // Deno makes the folders for packages whether or not it has any.
    const fetched = ["npm", "remote"].filter((name) =>
      isFilled(`${directory}/${name}`)
    );
    assertEquals(fetched, []);
  });
});

test("a client of an explicit server needs no permission on Deno", async () => {
  await withTemporaryDirectory(async (directory) => {
    const program = `${directory}/client.ts`;
    await Deno.writeTextFile(
      program,
      `import { createClient } from "${new URL("mod.ts", root)}";
      const client = await createClient({ server: "https://kube.example" });
      await client.close();`,
    );
    const env = { HTTPS_PROXY: "ftp://would.be.refused" };
    const args = ["run", "--no-prompt", "--no-check"];
    await succeed("deno", [...args, program], env);
    await succeed("deno25", [...args, program], env);
  });
});

for (const name of ["node22", "node24", "node26"] as const) {
  test(`importing mod.ts on ${name} reads nothing but the sources`, async () => {
    const sources = fileURLToPath(new URL("src/*", root));
    const manifest = fileURLToPath(new URL("package.json", root));
    await succeed(name, [
      "--permission",
      ...[module, sources, manifest].map((path) => `--allow-fs-read=${path}`),
      "--no-warnings",
      module,
    ]);
  });
}

test("importing mod.ts on Bun loads no package", async () => {
  await succeed("bun", ["--no-install", module]);
});

for (const entry of ["mod.ts", "src/adapters/web/mod.ts"]) {
  test(`esbuild bundles ${entry} for the browser without a node: import`, async () => {
    await withTemporaryDirectory(async (directory) => {
      const bundle = `${directory}/bundle.js`;
      await succeed("node24", [
        fileURLToPath(new URL("node_modules/esbuild/bin/esbuild", packages)),
        entry,
        "--bundle",
        "--platform=browser",
        "--format=esm",
        "--log-level=warning",
        `--outfile=${bundle}`,
      ]);
      const text = await Deno.readTextFile(bundle);
      assert(!/\b(from|import|require)\s*\(?\s*["'`](node|bun):/.test(text));
      await succeed("deno", ["run", "--no-prompt", "--no-npm", bundle]);
    });
  });
}

/** Runs a command that must succeed without output. */
async function succeed(
  runtime: RuntimeName,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const program = await provideRuntime(runtime);
  const command = { program, args };
  const { ok, output } = await runCommand(command, { env, timeout: TIMEOUT });
  assert(ok && output === "", `${program} ${args.join(" ")}\n${output}`);
}

function isFilled(directory: string): boolean {
  try {
    return [...Deno.readDirSync(directory)].length > 0;
  } catch {
    return false; // It is not there at all.
  }
}

async function withTemporaryDirectory(
  body: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "podwire-" });
  try {
    await body(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
