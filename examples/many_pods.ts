/**
 * Asks every pod of a workload the same question, prints which ones differ, and
 * then the latest lines of all their logs.
 *
 *     deno run -A examples/many_pods.ts deployment/web
 *     bun examples/many_pods.ts deployment/web -- uname -r
 */
import { Api, createClient, groupByOutput, Pod } from "@podwire/podwire";
import process from "node:process";

const [target = "deployment/web", ...words] = process.argv.slice(2);
if (words[0] === "--") words.shift();
const command = words.length > 0 ? words : ["cat", "/etc/hostname"];
const client = await createClient();
const pods = new Api(Pod, { client });

const results = pods.exec.runAll(target, { command, timeout: 10_000 });
for (const { pods, result, error } of await groupByOutput(results)) {
  const answer = result?.text().trimEnd() ?? String(error);
  console.log(`${pods.length} of them: ${answer} (${pods.join(", ")})`);
}

const logs = pods.logs.all(target, { tailLines: 2 });
for await (const { pod, container, line } of logs) {
  console.log(`${pod}/${container}: ${line}`);
}

await client.close();
