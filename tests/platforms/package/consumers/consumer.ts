// What a user of the npm package may write; nothing but the package is there.
import {
  Api,
  type Client,
  createClient,
  type ExecResult,
  isRunning,
  Pod,
} from "@podwire/podwire";
import { loadKubeconfig } from "@podwire/podwire/kubeconfig";
import type { PodSpec } from "@podwire/podwire/kubernetes";

declare const process: { readonly argv: readonly string[] };

const kubeconfig = await loadKubeconfig({ path: process.argv[2] });
const client: Client = await createClient({ kubeconfig });
const pods = new Api(Pod, { client });
const spec: PodSpec = { containers: [{ name: "main", image: "busybox" }] };
const { metadata } = await pods.create({
  metadata: { generateName: "consumer-" },
  spec,
});
await pods.waitFor(metadata.name, isRunning);
const result: ExecResult = await pods.exec.run(metadata.name, {
  command: ["sh", "-c", "cat; echo err >&2; exit 3"],
  stdin: "from stdin\n",
});
const session = await pods.exec.stream(metadata.name, {
  command: ["echo", "streamed"],
});
const streamed: string = await new Response(session.stdout).text();
await pods.delete(metadata.name, { gracePeriodSeconds: 0 });
await client.close();
console.log(
  JSON.stringify([
    result.text(),
    result.stderrText(),
    result.exitCode,
    streamed,
    await session.exitCode,
  ]),
);
