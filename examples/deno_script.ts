/**
 * Prints the lines of a command's output as they come.
 *
 *     deno run -A examples/deno_script.ts web-0 tail -n 5 /etc/services
 */
import { Api, createClient, Pod } from "@podwire/podwire";

const [name, ...command] = Deno.args;
if (!name || command.length === 0) {
  console.error("usage: deno_script.ts POD COMMAND...");
  Deno.exit(2);
}

const client = await createClient();
const pods = new Api(Pod, { client });
const session = await pods.exec.stream(name, { command, stderr: false });

let count = 0;
for await (const line of session.lines()) console.log(`${++count}: ${line}`);

const code = await session.exitCode;
await client.close();
Deno.exitCode = code ?? 1;
