/**
 * Distinguishes a command that failed from one that never ran.
 *
 *     deno run -A examples/handle_errors.ts      bun examples/handle_errors.ts
 */
import {
  Api,
  createClient,
  ExecFailedError,
  HandshakeError,
  Pod,
  PodwireError,
} from "@podwire/podwire";

const client = await createClient();
const pods = new Api(Pod, { client, namespace: "default" });

await report("web-0", ["sh", "-c", "echo half of it; exit 3"]);
await report("no-such-pod", ["true"]);
await client.close();

async function report(name: string, command: string[]): Promise<void> {
  try {
    const result = await pods.exec.run(name, { command, timeout: 30_000 });
    console.log(result.throwIfFailed().text());
  } catch (error) {
    if (error instanceof ExecFailedError) {
      const { exitCode, stdout } = error.result;
      console.log(`exit code ${exitCode} after ${stdout.byteLength} bytes`);
    } else if (error instanceof HandshakeError) {
      console.log(`refused with HTTP ${error.httpStatus}: ${error.message}`);
    } else if (error instanceof PodwireError) {
      console.log(`${error.name}: ${error.message}`);
    } else throw error;
  }
}
