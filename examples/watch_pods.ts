/**
 * Prints what happens to the pods of an app, until one of them is deleted.
 *
 *     deno run -A examples/watch_pods.ts app=web
 */
import { Api, createClient, Pod } from "@podwire/podwire";
import process from "node:process";

const [labelSelector = "app=web"] = process.argv.slice(2);
const client = await createClient();
const pods = new Api(Pod, { client });

for await (const { type, object } of pods.watch({ labelSelector })) {
  console.log(`${type} ${object.metadata.name}: ${object.status?.phase}`);
  if (type === "DELETED") break;
}

await client.close();
