import { assertEquals, assertMatch } from "@std/assert";
import { parse, stringify } from "@std/yaml";
import {
  Api,
  createClient,
  Deployment,
  isRunning,
  Pod,
  Service,
} from "../../mod.ts";
import { type PodConnection, startCluster } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { root } from "../harness/preload/specifiers.ts";

test(
  "every example in a docstring runs, against the embedded cluster",
  async () => {
    const cluster = await startCluster({ ports: helloOverHttp });
    const folder = await Deno.makeTempDir();
    try {
      const client = await createClient(cluster.clientOptions());
      const pods = new Api(Pod, { client });
      const spec = { containers: [{ name: "main", image: "busybox" }] };
      for (const app of ["web", "old"]) {
        const name = `${app}-0`;
        await pods.create({ metadata: { name, labels: { app } }, spec });
        await pods.waitFor(name, isRunning);
      }
      await new Api(Deployment, { client }).create({
        metadata: { name: "web" },
        spec: {
          selector: { matchLabels: { app: "site" } },
          template: { metadata: { labels: { app: "site" } }, spec },
        },
      });
      await new Api(Service, { client }).create({
        metadata: { name: "web" },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
      });
      await client.close();
      const path = `${folder}/kubeconfig`;
      await Deno.writeTextFile(
        path,
        withContext(cluster.kubeconfig, "staging"),
      );
      const files = await filesWithExamples();
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["test", "--doc", "--no-check", "--allow-all", ...files],
        env: { KUBECONFIG: path, NO_COLOR: "1" },
        cwd: root,
      }).output();
      const text = new TextDecoder();
      const output = text.decode(stdout) + text.decode(stderr);
      assertEquals(code, 0, output);
      assertMatch(output, /ok \| \d+ passed \| 0 failed/);
      for (const file of files) assertMatch(output, new RegExp(file));
    } finally {
      await cluster.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
  { timeout: 180_000 },
);

/** What every port of every pod answers. */
async function helloOverHttp(
  { readable, writable }: PodConnection,
): Promise<void> {
  await readable.getReader().read();
  const writer = writable.getWriter();
  await writer.write("HTTP/1.0 200 OK\r\n\r\nhello\n");
  await writer.close();
}

/** The kubeconfig with one more context, the same as its own. */
function withContext(kubeconfig: string, name: string): string {
  const config = parse(kubeconfig);
  config.contexts.push({ ...config.contexts[0], name });
  return stringify(config);
}

/** The files of the package with a fenced example, as paths from the root. */
async function filesWithExamples(folder = "src"): Promise<string[]> {
  const found = folder === "src" ? ["mod.ts"] : [];
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, root))
  ) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesWithExamples(path));
    else if (
      (await Deno.readTextFile(new URL(path, root))).includes("* ```ts\n")
    ) {
      found.push(path);
    }
  }
  return found.sort();
}
