/**
 * Runs a command in a pod of its own, then talks to another one.
 *
 *     deno run -A examples/run_once.ts busybox
 */
import { argv } from "node:process";
import { Api, createClient, Pod } from "@podwire/podwire";

const [, , image = "busybox"] = argv;
const client = await createClient();
const pods = new Api(Pod, { client, namespace: "default" });

const result = await pods.runOnce({
  image,
  command: ["sort"],
  stdin: "pear\napple\n",
  env: { LC_ALL: "C" },
  spec: { automountServiceAccountToken: false },
  timeout: 60_000,
});
console.log(`${result.pod}: ${result.lines().join(", ")}`);
console.log(`exit code ${result.exitCode}, ${result.reason}`);
if (result.leftover !== null) console.error(result.leftover.message);

const session = await pods.streamOnce({ image, command: ["sh"], stdin: true });
await session.write("echo hello from $HOSTNAME; exit 7\n");
for await (const line of session.lines()) console.log(line);
console.log(`exit code ${await session.exitCode}`);
await session.close();

await client.close();
