/**
 * Looks inside a pod with a debug container: which files its container has.
 *
 *     deno run -A examples/debug_pod.ts web-0 busybox
 */
import { argv } from "node:process";
import { Api, createClient, Pod, WaitFailedError } from "@podwire/podwire";

const [, , target = "web-0", image = "busybox"] = argv;
const client = await createClient();
const pods = new Api(Pod, { client, namespace: "default" });
try {
  const session = await pods.debug(target, {
    image,
    container: "main",
    command: ["sh", "-c", "ls /proc/1/root; exit 3"],
  });
  console.log(`debug container ${session.container} of ${session.pod}`);
  for await (const line of session.lines()) console.log(`  ${line}`);
  console.log(`exit code ${await session.exitCode}`);
} catch (error) {
  if (!(error instanceof WaitFailedError)) throw error;
  console.error(`${error.reason}: ${error.message}`);
} finally {
  await client.close();
}
