import { assertEquals, assertRejects } from "@std/assert";
import {
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  writeFile,
} from "node:fs/promises";
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { encodeText } from "../../../src/bytes.ts";
import { memoryTransport, startCluster } from "../../../src/testing/mod.ts";
import { runtime, test } from "../../harness.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import { stateOf } from "../../support/async.ts";
import { call, createPod, PODS, withCluster } from "./with_cluster.ts";

test("writeKubeconfig: readers of an existing file never see the token", () =>
  withTempFolder(({ path: folder }) =>
    withCluster({}, async (cluster) => {
      const path = `${folder}/config`;
      await writeFile(path, "old", { mode: 0o644 });
      const reader = await open(path);
      await cluster.writeKubeconfig(path);
      assertEquals(await reader.readFile("utf8"), "old");
      await reader.close();
      assertEquals(await readFile(path, "utf8"), cluster.kubeconfig);
      assertEquals((await stat(path)).mode & 0o777, 0o600);
      assertEquals(await readdir(folder), ["config"]);
      await mkdir(`${folder}/directory`);
      await assertRejects(() => cluster.writeKubeconfig(`${folder}/directory`));
      assertEquals((await readdir(folder)).sort(), ["config", "directory"]);
    })
  ));

test("unknown fields are Warning headers, unless they are ignored", async () => {
  const body = { metadata: { name: "a" }, dat: {}, data: { b: "c" } };
  const warning = '299 - "unknown field \\"dat\\""';
  const path = "/api/v1/namespaces/default/configmaps?dryRun=All";
  const transport = memoryTransport();
  const send = (search: string) =>
    transport.request({
      method: "POST",
      url: new URL(`https://memory${path}${search}`),
      headers: {},
      body: encodeText(JSON.stringify(body)),
      signal: new AbortController().signal,
      tls: {},
      proxy: null,
    });
  assertEquals((await send("")).headers.get("warning"), warning);
  const ignored = await send("&fieldValidation=Ignore");
  assertEquals(ignored.headers.get("warning"), null);
  await transport.close();
  await withCluster({}, async (cluster) => {
    const response = await fetch(cluster.server + path, {
      method: "POST",
      headers: { authorization: `Bearer ${cluster.token}` },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    assertEquals(response.headers.get("warning"), warning);
  });
});

test("a cluster closes when it is disposed of", async () => {
  const cluster = await startCluster({ tls: false });
  await cluster[Symbol.asyncDispose]();
  await assertRejects(() => fetch(cluster.server));
  await cluster.close();
});

if (runtime === "deno") {
  test(
    "startCluster names the package that creates certificates",
    () =>
      withTempFolder(async ({ path: folder }) => {
        const source = fileURLToPath(new URL("../../../src", import.meta.url));
        await cp(source, `${folder}/src`, { recursive: true });
        await writeFile(
          `${folder}/main.ts`,
          `import { startCluster } from "./src/testing/mod.ts";
         await startCluster().catch((error) => console.log(String(error)));`,
        );
        const args = [
          "run",
          "-A",
          "--no-check",
          "--no-config",
          `${folder}/main.ts`,
        ];
        const stdout = await new Promise<string>((resolve) => {
          const env = { ...process.env, NO_COLOR: "1" };
          execFile(process.execPath, args, { env }, (_, text) => resolve(text));
        });
        assertEquals(
          stdout,
          "ConfigurationError: Cannot create certificates: the package " +
            "@peculiar/x509 cannot be loaded; install @peculiar/x509@1, or " +
            "start the cluster with tls: false\n",
        );
      }),
    { timeout: 60_000 },
  );
}

test("delays that are longer than a timer do not overflow", () =>
  withCluster({ startupDelay: 1e12 }, async (cluster) => {
    await createPod(cluster, "web-0");
    const watching = new AbortController();
    const response = await fetch(
      `${cluster.server}${PODS}?watch=true&timeoutSeconds=1000000000`,
      {
        headers: { authorization: `Bearer ${cluster.token}` },
        signal: watching.signal,
      },
    );
    const reader = response.body!.getReader();
    const events = [await reader.read()];
    const next = reader.read();
    next.catch(() => {});
    assertEquals([events[0]!.done, await stateOf(next)], [false, "pending"]);
    const { json } = await call(cluster, "GET", `${PODS}/web-0`);
    assertEquals(json.status.phase, "Pending");
    assertEquals(json.spec.nodeName, undefined);
    watching.abort();
  }));
