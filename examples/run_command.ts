/**
 * Runs a command in a pod, and prints its output and its exit code.
 *
 *     deno run -A examples/run_command.ts      bun examples/run_command.ts
 */
import { Api, createClient, Pod } from "@podwire/podwire";

const client = await createClient();
const pods = new Api(Pod, { client, namespace: "default" });

const result = await pods.exec.run("web-0", { command: ["ls", "-la", "/"] });
console.log(result.text());
console.log(`exit code ${result.exitCode}`);

await client.close();
