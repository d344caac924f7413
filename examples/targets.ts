/**
 * Runs a command in the pod of a Deployment (or any other target that is given),
 * with a directory and a variable, and ends it when it takes too long.
 *
 *     deno run -A examples/targets.ts deployment/web
 */
import { argv } from "node:process";
import {
  Api,
  CallTimeoutError,
  createClient,
  Pod,
  TargetNotFoundError,
} from "@podwire/podwire";

const [, , target = "deployment/web"] = argv;
const client = await createClient();
const pods = new Api(Pod, { client, namespace: "default" });

try {
  const result = await pods.exec.run(target, {
    command: ["sh", "-c", 'echo "$GREETING from $PWD"'],
    cwd: "/tmp",
    env: { GREETING: "hello" },
  });
  console.log(result.throwIfFailed().text().trim());

  await pods.exec.run(target, {
    command: ["sleep", "1000"],
    timeout: 1_000,
    killOnAbort: true,
  });
} catch (error) {
  if (error instanceof TargetNotFoundError) console.log(error.message);
  else if (error instanceof CallTimeoutError) {
    console.log(`sleep took too long; killed: ${error.killed}`);
  } else throw error;
} finally {
  await client.close();
}
