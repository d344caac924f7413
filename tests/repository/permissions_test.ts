import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Api, createClient, isRunning, Pod } from "../../mod.ts";
import { startCluster } from "../../src/testing/mod.ts";
import { root } from "../harness/preload/specifiers.ts";
import { test } from "../harness.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import { runCommand } from "../tools/runner/run_command.ts";

const program = fileURLToPath(
  new URL("tests/repository/permissions/program.ts", root),
);
const GUIDE = "examples/clusters.md";
/** Below those that the system hands out, so that nobody else has it. */
const PORT = `${20_000 + Deno.pid % 10_000}`;

/** The rows of the table: what is done, and each permission of it. */
async function readRows(): Promise<[what: string, flags: string[]][]> {
  const text = await Deno.readTextFile(new URL(GUIDE, root));
  const rows = text.matchAll(/^\| (.*?) *\| `(--allow[^`]*)` *\|$/gm);
  return [...rows].map(([, what = "", flags = ""]) => [
    what.replaceAll("`", "").replace("server, ...", "server"),
    flags.split(" ").flatMap(separate),
  ]);
}

/** Takes `--allow-net=A,B` apart, so that each can be left out. */
function separate(flag: string): string[] {
  const [name, values] = flag.split("=") as [string, string?];
  return values?.split(",").map((value) => `${name}=${value}`) ?? [flag];
}

test(`each row of ${GUIDE} is the least set of permissions`, async () => {
  const cluster = await startCluster();
  await withTempFolder(async ({ path }) => {
    const options = cluster.clientOptions();
    const folder = `${path}/folder`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/file`, "text");
    const plugin = `${path}/plugin`;
    const status = JSON.stringify({ token: options.token });
    await Deno.writeTextFile(
      plugin,
      `#!/bin/sh\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":${status}}'\n`,
      { mode: 0o755 },
    );
    const kubeconfigs = {
      plain: `${path}/plain`,
      plugin: `${path}/with-plugin`,
    };
    await cluster.writeKubeconfig(kubeconfigs.plain);
    await Deno.writeTextFile(
      kubeconfigs.plugin,
      withPlugin(await Deno.readTextFile(kubeconfigs.plain), plugin),
    );
    const client = await createClient(options);
    try {
      const pods = new Api(Pod, { client });
      await pods.create({
        metadata: { name: "web-0" },
        spec: { containers: [{ name: "main", image: "busybox" }] },
      });
      await pods.waitFor("web-0", isRunning);
      const script = `mkdir ${path}/remote; echo text >${path}/remote/file`;
      const command = ["sh", "-c", script];
      (await pods.exec.run("web-0", { command })).throwIfFailed();
    } finally {
      await client.close();
    }
    const rows = await readRows();
    assertEquals(rows.length, 7);
    for (const [what, flags] of rows) {
      const kubeconfig = what.includes("plugin")
        ? kubeconfigs.plugin
        : kubeconfigs.plain;
      const values: Readonly<Record<string, string>> = {
        SERVER: new URL(options.server).host,
        KUBECONFIG: kubeconfig,
        FOLDER: folder,
        PLUGIN: plugin,
        8080: PORT,
      };
      const run = async (given: readonly string[]) => {
        const { server, certificateAuthority = "", token } = options;
        const paths = [kubeconfig, folder, `${path}/remote`];
        const data = [server, certificateAuthority, token, ...paths];
        const { ok, output } = await runCommand({
          program: Deno.execPath(),
          args: [
            ...["run", "--no-prompt", "--no-check", "--quiet"],
            ...joined(given).map((flag) => filled(flag, values)),
            ...[program, what, ...data, PORT],
          ],
        }, { env: { KUBECONFIG: kubeconfig }, timeout: 60_000 });
        await Deno.remove(`${folder}/copy`, { recursive: true }).catch(
          () => {},
        );
        return { ok, output };
      };
      const all = await run(flags);
      assert(all.ok, `${what}: ${all.output}`);
      await Promise.all(flags.map(async (flag) => {
        const { ok, output } = await run(flags.filter((one) => one !== flag));
        assert(!ok, `${what} does not need ${flag}`);
        assert(/NotCapable|Requires|not allowed|--allow-/.test(output), output);
      }));
    }
  });
  await cluster.close();
}, { timeout: 240_000 });

/** One flag of each name, with all values. */
function joined(flags: readonly string[]): string[] {
  const values = Map.groupBy(flags, (flag) => flag.split("=")[0]!);
  return [...values].map(([name, all]) => {
    const listed = all.filter((flag) => flag.includes("="))
      .map((flag) => flag.slice(name.length + 1));
    return listed.length === 0 ? name : `${name}=${listed.join(",")}`;
  });
}

/** Puts values in place of names, but for the name of a variable. */
function filled(
  flag: string,
  values: Readonly<Record<string, string>>,
): string {
  if (flag.startsWith("--allow-env")) return flag;
  return flag.replace(/[A-Z]{4,}|8080/g, (name) => values[name] ?? name);
}

function withPlugin(kubeconfig: string, command: string): string {
  const config = JSON.parse(kubeconfig);
  config.users[0].user = {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command,
      interactiveMode: "Never",
    },
  };
  return JSON.stringify(config);
}
