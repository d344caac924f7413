// The program as one file, compiled and started.
import { assertEquals, assertMatch } from "@std/assert";
import { type Cluster, startCluster } from "../../src/testing/mod.ts";
import { Api, createClient, isRunning, Pod } from "../../mod.ts";
import { VERSION } from "../../src/version.ts";
import { test } from "../harness.ts";
import { runProgram } from "../support/run_program.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import { compile, type Compiler } from "./compile.ts";

/** Text of YAML that is not JSON: the parser must be in the file. */
function yamlOf({ server, certificateAuthority, token }: Cluster): string {
  return `# by hand
current-context: here
clusters:
- name: it
  cluster:
    server: ${server}
    certificate-authority-data: ${btoa(certificateAuthority!)}
users:
- {name: me, user: {token: ${token}}}
contexts:
- {name: here, context: {cluster: it, user: me}}
`;
}

async function check(compiler: Compiler): Promise<void> {
  const cluster = await startCluster();
  try {
    await withTempFolder(async ({ path }) => {
      const program = `${path}/podwire`;
      await compile(compiler, program);
      const KUBECONFIG = `${path}/kubeconfig`;
      await Deno.writeTextFile(KUBECONFIG, yamlOf(cluster));
      const client = await createClient(cluster.clientOptions());
      const pods = new Api(Pod, { client, namespace: "default" });
      await pods.create({
        metadata: { name: "web-0" },
        spec: { containers: [{ name: "main", image: "busybox" }] },
      });
      await pods.waitFor("web-0", isRunning);
      await client.close();
      const run = async (args: readonly string[], stdin?: string) => {
        const env = { KUBECONFIG, NO_COLOR: "1" };
        const { code, stdout, stderr } = await runProgram(
          program,
          args,
          env,
          stdin,
        );
        assertEquals(stderr.replace(/^command terminated.*\n/, ""), "");
        return [code, stdout.toString()] as const;
      };
      const script = "cat; exit 3";
      assertEquals(
        await run(["exec", "-i", "web-0", "--", "sh", "-c", script], "in"),
        [3, "in"],
      );
      const [, versions] = await run(["version"]);
      assertMatch(versions, new RegExp(`v${VERSION}\nServer Version: v1`));
      await Deno.writeTextFile(`${path}/file`, "copied");
      const copy = ["cp", `web-0:${path}/file`, `${path}/copy`];
      assertEquals(await run(copy), [0, ""]);
      assertEquals(await Deno.readTextFile(`${path}/copy`), "copied");
      const completion = await run(["__complete", "logs", "we"]);
      assertEquals(completion, [0, "words\nweb-0\tRunning\n"]);
    });
  } finally {
    await cluster.close();
  }
}

test(
  "the program, compiled by Bun, is one file that works",
  () => check("bun"),
  {
    timeout: 120_000,
  },
);

/** Why Deno cannot compile: it fetches `denort`, from no package registry. */
async function missingDenort(): Promise<string | undefined> {
  const directory = await Deno.makeTempDir();
  try {
    const source = `${directory}/empty.ts`;
    await Deno.writeTextFile(source, "");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["compile", "--output", `${directory}/empty`, source],
      stdin: "null",
    }).output();
    const isMissing = !success &&
      new TextDecoder().decode(stderr).includes("denort");
    return isMissing ? "denort cannot be fetched" : undefined;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

test(
  "the program, compiled by Deno, is one file that works",
  () => check("deno"),
  {
    timeout: 300_000,
    skip: await missingDenort(),
    crossCheck: true,
  },
);
