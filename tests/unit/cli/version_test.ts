// `podwire version`, as a process: it prints.
import { assertEquals, assertMatch } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { startCluster } from "../../../src/testing/mod.ts";
import { VERSION } from "../../../src/version.ts";
import { test } from "../../harness.ts";
import { podwireCommand } from "../../support/podwire_command.ts";
import { runProgram } from "../../support/run_program.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import { kubeconfigFor, withHostileServer } from "./hostile_server.ts";

async function version(KUBECONFIG: string, ...flags: readonly string[]) {
  const [program = "", ...words] = podwireCommand("version", ...flags);
  const env = { KUBECONFIG, NO_COLOR: "1" };
  const { code, stdout, stderr } = await runProgram(program, words, env);
  return [code, stdout.toString(), stderr] as const;
}

const OWN = `Client Version: v${VERSION}\n`;

test("program: version has the client's and the server's", async () => {
  const cluster = await startCluster();
  try {
    await withTempFolder(async ({ path }) => {
      const file = `${path}/config.json`;
      await writeFile(file, cluster.kubeconfig);
      const [code, text, stderr] = await version(file);
      assertEquals([code, stderr], [0, ""]);
      const [client, server, ...rest] = text.split("\n");
      assertEquals([`${client}\n`, rest], [OWN, [""]]);
      assertMatch(server!, /^Server Version: v1\.\d+\.\d/);
      const [, json] = await version(file, "-o", "json");
      const { clientVersion, serverVersion } = JSON.parse(json);
      assertEquals(clientVersion.gitVersion, `v${VERSION}`);
      assertMatch(clientVersion.runtime, /^(deno|bun|node)\/\d/);
      assertEquals(`Server Version: ${serverVersion.gitVersion}`, server);
    });
  } finally {
    await cluster.close();
  }
}, { shared: true });

test("program: version prints its own without a server", async () => {
  await withTempFolder(async ({ path }) => {
    const file = `${path}/config.json`;
    await writeFile(file, kubeconfigFor("http://127.0.0.1:1"));
    assertEquals(await version(file, "--client"), [0, OWN, ""]);
    const [code, text, stderr] = await version(file);
    assertEquals([code, text], [1, OWN]);
    assertMatch(stderr, /^error: Cannot connect to .+ refused\n$/);
    assertMatch((await version(file, "-o=yaml"))[2], /expected json \(see pod/);
  });
}, { shared: true });

test("program: version does not believe any answer", async () => {
  await withHostileServer(async ({ env }) => {
    const [code, text, stderr] = await version(env.KUBECONFIG!);
    assertEquals([code, text], [1, OWN]);
    assertEquals(stderr, "error: the server's answer has no gitVersion\n");
  });
}, { shared: true });
