// The recipes of examples/testing.md, each with its test runner.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { test } from "../../harness.ts";
import { consumerTool } from "../../tools/runner/packages.ts";
import { root } from "../../harness/preload/specifiers.ts";
import { type Project, sharedProject, withProject } from "./project.ts";
import { tarball } from "./build_package.ts";

const OPTIONS = { timeout: 120_000 };

/** A code block that begins with the name of its file. */
const BLOCK = /```ts\n\/\/ (\S+)\n([^]*?)```/g;

/** Writes the tested module, its fakes and one recipe. */
async function writeRecipe(project: Project, name: string): Promise<void> {
  const path = new URL("examples/testing.md", root);
  const text = await Deno.readTextFile(path);
  const files = new Map(
    [...text.matchAll(BLOCK)].map(([, name = "", code = ""]) => [name, code]),
  );
  for (const file of ["disk.ts", "fakes.ts", name]) {
    assert(files.has(file), `there is no ${file}`);
    await project.write(file, files.get(file)!);
  }
}

/** Makes the names of deno.json known to Deno in the project. */
async function writeImports(project: Project): Promise<void> {
  const { imports, exports, name } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const entries = Object.entries(exports as Record<string, string>)
    .map(([entry, path]) => [name + entry.slice(1), new URL(path, root).href]);
  await project.write("deno.json", {
    nodeModulesDir: "none",
    imports: { ...imports, ...Object.fromEntries(entries) },
  });
}

const FOR_DENO = ["disk_test.ts", "rollout_test.ts", "cluster_test.ts"];

/** Their types are checked at once: each takes most of its time for the sources. */
const checked = sharedProject(async (project) => {
  await writeImports(project);
  for (const name of FOR_DENO) await writeRecipe(project, name);
  await project.on("deno", "check", "--no-lock", ...FOR_DENO);
});

async function denoTest(...args: string[]): Promise<string> {
  const project = await checked();
  return await project.on("deno", "test", "--no-lock", "--no-check", ...args);
}

test("recipe: Deno.test", async () => {
  const output = await denoTest("disk_test.ts");
  assertMatch(output, /ok \| 4 passed \| 0 failed/);
}, OPTIONS);

test("recipe: a rollout", async () => {
  assertMatch(await denoTest("rollout_test.ts"), /ok \| 1 passed/);
}, OPTIONS);

test("recipe: startCluster", async () => {
  assertMatch(await denoTest("-A", "cluster_test.ts"), /ok \| 1 passed/);
}, OPTIONS);

test("recipe: bun test", async () => {
  await withProject(async (project) => {
    await project.on("bun", "add", "--silent", await tarball());
    await writeRecipe(project, "bun.test.ts");
    const output = await project.on("bun", "test");
    assertMatch(output, /^ *4 pass\n *0 fail/m);
  });
}, OPTIONS);

test("recipe: node:test", async () => {
  await withProject(async (project) => {
    await project.unpack(await tarball());
    await writeRecipe(project, "node.test.ts");
    const runtimes = ["node22", "node24", "node26"] as const;
    await Promise.all(runtimes.map(async (runtime) => {
      const output = await project.on(runtime, "--test", "node.test.ts");
      assertMatch(output, /pass 4\n. fail 0/);
    }));
  });
}, OPTIONS);

test("recipe: Vitest", async () => {
  await withProject(async (project) => {
    await project.unpack(await tarball());
    const vitest = fileURLToPath(new URL("vitest", project.modules));
    await Deno.symlink(consumerTool("vitest"), vitest);
    await writeRecipe(project, "vitest.test.ts");
    const output = await project.tool("vitest/vitest.mjs", "run");
    assertMatch(output, /Tests +4 passed \(4\)/);
    assertEquals(output.includes("failed"), false);
  });
}, OPTIONS);
