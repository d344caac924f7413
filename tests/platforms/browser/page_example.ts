import type { Cluster } from "../../../src/testing/mod.ts";
import { startExample } from "../../examples/run_example.ts";
import { withPodCluster } from "./servers.ts";

/** Runs `body` with the address of the server of an example with a page. */
export async function withPageExample(
  path: string,
  args: readonly string[],
  body: (url: string, cluster: Cluster) => Promise<void>,
): Promise<void> {
  await withPodCluster(async (cluster) => {
    const folder = await Deno.makeTempDir({ prefix: "podwire-browser-" });
    const kubeconfig = `${folder}/kubeconfig`;
    await cluster.writeKubeconfig(kubeconfig);
    const env = { KUBECONFIG: kubeconfig, PORT: "0" };
    const server = startExample(path, args, env);
    try {
      const [url = ""] = /http:\S+/.exec(await server.firstLine) ?? [];
      if (url === "") throw new Error((await server.ended).stderr);
      await body(url, cluster);
    } finally {
      server.kill();
      await server.ended;
      await Deno.remove(folder, { recursive: true });
    }
  });
}
