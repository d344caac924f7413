// A user's test: the package's own kit, with no cluster anywhere.
import { Api, createClient, Pod } from "@podwire/podwire";
import { startCluster } from "@podwire/podwire/testing";

const cluster = await startCluster();
const client = await createClient(cluster.clientOptions());
const pods = new Api(Pod, { client });
await pods.create({
  metadata: { name: "kit" },
  spec: { containers: [{ name: "main", image: "busybox" }] },
});
await pods.waitFor("kit", (pod) => pod?.status?.phase === "Running");
const { exitCode } = await pods.exec.run("kit", {
  command: ["sh", "-c", "exit 7"],
});
await client.close();
await cluster.close();
console.log(JSON.stringify(exitCode));
