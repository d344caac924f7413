// The recipes of examples/testing.md, each with its test runner, and the files of
// examples/first_steps.md.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { test } from "../../harness.ts";
import { consumerTool } from "../../tools/runner/packages.ts";
import { provideRuntime } from "../../tools/runner/runtimes.ts";
import { root } from "../../harness/preload/specifiers.ts";
import { type Project, sharedProject, withProject } from "./project.ts";
import { tarball } from "./build_package.ts";

const OPTIONS = { timeout: 120_000 };

/** A code block that begins with the name of its file. */
const BLOCK = /```ts\n\/\/ (\S+)\n([^]*?)```/g;

/** The files of a guide, by their names. */
async function filesOf(guide: string): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(new URL(`examples/${guide}`, root));
  return new Map(
    [...text.matchAll(BLOCK)].map(([, name = "", code = ""]) => [name, code]),
  );
}

/** Writes the tested module, its fakes and one recipe. */
async function writeRecipe(project: Project, name: string): Promise<void> {
  const files = await filesOf("testing.md");
  for (const file of ["disk.ts", "fakes.ts", name]) {
    assert(files.has(file), `there is no ${file}`);
    await project.write(file, files.get(file)!);
  }
}

/** Makes the names of deno.json known to Deno in the project. */
async function writeImports(project: Project): Promise<void> {
  const { imports, exports, name, scopes } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const entries = Object.entries(exports as Record<string, string>)
    .map(([entry, path]) => [name + entry.slice(1), new URL(path, root).href]);
  await project.write("deno.json", {
    nodeModulesDir: "none",
    imports: {
      ...imports,
      ...scopes["./examples/web_terminal/"],
      ...Object.fromEntries(entries),
    },
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

test("first steps: the files of the guide run, in their order", async () => {
  await withProject(async (project) => {
    await project.unpack(await tarball(), ["@peculiar/x509"]);
    for (const [name, code] of await filesOf("first_steps.md")) {
      await project.write(name, code);
    }
    await project.write("notes/today.txt", "remember the milk\n");
    await withFirstCluster(project, async () => {
      const printed: string[] = [];
      for (const step of ["main", "copy", "forward", "follow"]) {
        printed.push(await project.on("node24", `${step}.mts`));
      }
      const [main = "", copy, forward, follow = ""] = printed;
      assertMatch(main, /^total \d+\n[^]+\n\nexit code 0$/);
      assertEquals(
        copy,
        "remember the milk\n\ncopied 1 file of 18 bytes to back/",
      );
      assertEquals(forward, "200: hello");
      const lines = follow.split("\n")
        .filter((line) => !line.includes("the pod was deleted before"));
      assertEquals(lines.length, 5, follow);
      assertEquals(lines[0], "2 pods are available");
      for (const line of lines.slice(1)) assertMatch(line, /^web-\w+-\w+: /);
    });
  });
}, OPTIONS);

test("first steps: every file of the guide has the right types", async () => {
  await withProject(async (project) => {
    await writeImports(project);
    const files = await filesOf("first_steps.md");
    for (const [name, code] of files) await project.write(name, code);
    await project.on("deno", "check", "--no-lock", ...files.keys());
  });
}, OPTIONS);

/** Runs `body` while the guide's cluster runs, with its kubeconfig. */
async function withFirstCluster(
  project: Project,
  body: () => Promise<void>,
): Promise<void> {
  const child = new Deno.Command(await provideRuntime("node24"), {
    args: ["cluster.mts"],
    cwd: project.directory,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream())
    .getReader();
  try {
    const { value } = await reader.read();
    assertEquals(value, "the cluster runs until ctrl-c\n");
    project.env = { KUBECONFIG: project.path("kubeconfig") };
    await body();
  } finally {
    child.kill("SIGINT");
    const { code } = await child.status;
    assertEquals(code, 0, "ctrl-c closes the cluster and its processes");
    await reader.cancel();
  }
}
