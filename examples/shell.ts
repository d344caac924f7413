/**
 * A shell in a pod, in your terminal. Without a pod's name, starts an embedded
 * cluster with a pod.
 *
 *     deno run -A examples/shell.ts [POD]      bun examples/shell.ts [POD]
 */
import { Api, createClient, isRunning, Pod } from "@podwire/podwire";
import {
  isTerminal,
  runInTerminal,
  terminalSize,
} from "@podwire/podwire/terminal";
import { startCluster } from "@podwire/podwire/testing";
import process from "node:process";

const [name = "web-0"] = process.argv.slice(2);
const cluster = process.argv[2] === undefined ? await startCluster() : null;
const client = await createClient(cluster?.clientOptions());
const pods = new Api(Pod, { client });

if (cluster !== null) {
  const main = { name: "main", image: "busybox" };
  await pods.create({ metadata: { name }, spec: { containers: [main] } });
  await pods.waitFor(name, isRunning);
  console.log(`a shell in ${name} on ${cluster.server}; type "exit" to leave`);
}

const tty = isTerminal();
const size = tty ? terminalSize() : undefined;
const shell = { command: ["sh"], stdin: true, tty, size };
const session = await pods.exec.stream(name, shell);
process.exitCode = await runInTerminal(session);

await client.close();
await cluster?.close();
