/**
 * Chooses the cluster and the user: by a kubeconfig's context, or in full.
 *
 *     deno run -A examples/connect.ts KUBECONFIG CONTEXT SERVER CA TOKEN POD
 *
 * CA and TOKEN are files.
 */
import { Api, createClient, Pod } from "@podwire/podwire";
import { readFile } from "node:fs/promises";
import process from "node:process";

const [kubeconfig, context, server = "", ca = "", tokenFile = "", name = ""] =
  process.argv.slice(2);

const found = await createClient({ kubeconfig, context });

const explicit = await createClient({
  server,
  certificateAuthority: await readFile(ca, "utf8"),
  token: async () => (await readFile(tokenFile, "utf8")).trim(),
  namespace: "default",
});

for (const client of [found, explicit]) {
  const pod = await new Api(Pod, { client }).get(name);
  console.log(`${client.server.pathname} has ${pod.metadata.name}`);
  await client.close();
}
