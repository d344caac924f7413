// Credential plugins of a separate program: terminal and permissions.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { executableProblem } from "../../src/testing/containers/executable.ts";
import { startCluster } from "../../src/testing/mod.ts";
import { runtime, test } from "../harness.ts";
import { type FakePlugin, makePlugin } from "../support/fake_plugin.ts";
import { observeChild } from "../support/observed_child.ts";
import { type TempFolder, withTempFolder } from "../support/temp_folder.ts";

const PROGRAM = fileURLToPath(new URL("list_pods.ts", import.meta.url));

/** The output of a program that has ended. */
interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program on the current runtime. */
function programOf(...permissions: string[]): string[] {
  if (runtime !== "deno") return [process.execPath, PROGRAM];
  const options = ["run", "--quiet", "--no-check", "--no-prompt"];
  return [process.execPath, ...options, ...permissions, PROGRAM];
}

function run(
  [command, ...args]: readonly string[],
  folder: TempFolder,
  stdin = "",
): Promise<Ran> {
  const env = {
    ...process.env,
    KUBECONFIG: join(folder.path, "config"),
    NO_COLOR: "1",
    SHELL: "/bin/sh",
  };
  const child = observeChild(spawn(command!, args, { env }));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => stdout += chunk);
  child.stderr.on("data", (chunk) => stderr += chunk);
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs `body` with a kubeconfig whose user has a plugin. */
async function withLogin(
  script: string,
  exec: Readonly<Record<string, unknown>>,
  body: (folder: TempFolder, plugin: FakePlugin) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster();
  try {
    await withTempFolder(async (folder) => {
      const plugin = await makePlugin(folder, script);
      await plugin.issue({ token: cluster.token });
      const config = JSON.parse(cluster.kubeconfig);
      config.users[0].user = { exec: { ...plugin.exec, ...exec } };
      await writeFile(join(folder.path, "config"), JSON.stringify(config));
      await body(folder, plugin);
    });
  } finally {
    await cluster.close();
  }
}

const skip = executableProblem("script", process.env.PATH ?? "") === null
  ? undefined
  : "terminals need the program script of util-linux";

test("a plugin may ask at the program's terminal", () =>
  withLogin(
    'echo "open what?" >&2; read -r answer; echo "$answer" > answer',
    { interactiveMode: "Always" },
    async (folder, plugin) => {
      const quoted = programOf("--allow-all").map((word) => `'${word}'`);
      const terminal = ["script", "-qec", quoted.join(" "), "/dev/null"];
      const { code, stdout } = await run(terminal, folder, "sesame\n");
      assertStringIncludes(stdout, "open what?");
      assertStringIncludes(stdout, "pods: 0");
      assertEquals(code, 0);
      const answer = await readFile(join(folder.path, "answer"), "utf8");
      assertEquals(answer, "sesame\n");
      const info = await plugin.info() as { spec: unknown };
      assertEquals(info.spec, { interactive: true });
    },
  ), { skip });

test("a plugin's stderr is the program's; its stdin is empty", () =>
  withLogin(
    'cat >&2; echo "you are logged in" >&2',
    { interactiveMode: "IfAvailable" },
    async (folder, plugin) => {
      const program = programOf("--allow-all");
      const { stdout, stderr } = await run(program, folder, "not for it\n");
      assertEquals(stdout, "pods: 0\n");
      assertStringIncludes(stderr, "you are logged in\n");
      assertEquals(stderr.includes("not for it"), false);
      const info = await plugin.info() as { spec: unknown };
      assertEquals(info.spec, { interactive: false });
    },
  ));

if (runtime === "deno") {
  const basic = ["--allow-env", "--allow-read", "--allow-net"];

  test("Deno: a plugin requires --allow-run, and the error says so", () =>
    withLogin("", {}, async (folder) => {
      const allowed = await run(programOf(...basic, "--allow-run"), folder);
      assertEquals(allowed.stdout, "pods: 0\n");
      const refused = await run(programOf(...basic), folder);
      assertStringIncludes(
        refused.stdout,
        "ConfigurationError: Cannot run the credential plugin",
      );
      assertStringIncludes(
        refused.stdout,
        "this process may not run programs; Deno requires --allow-run and --allow-env",
      );
    }));
}
