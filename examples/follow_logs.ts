/**
 * Follows a pod's log to its end, line by line.
 *
 *     deno run -A examples/follow_logs.ts POD
 */
import { Api, createClient, Pod } from "@podwire/podwire";
import process from "node:process";

const [name = "web-0"] = process.argv.slice(2);
const client = await createClient();
const pods = new Api(Pod, { client });

const recent = await pods.logs.text(name, { tailLines: 1, timestamps: true });
console.log(`the latest: ${recent.trimEnd()}`);

for await (const line of pods.logs.lines(name, { follow: true })) {
  console.log(line);
  if (line === "over") break;
}

await client.close();
