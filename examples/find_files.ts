/**
 * Prints the files below a directory of a pod as they are found, each as a
 * JSON string: a name may contain a newline, so NUL ends it here.
 *
 *     deno run -A examples/find_files.ts web-0 /etc
 */
import { Api, createClient, Pod } from "@podwire/podwire";
import { TextDelimiterStream } from "@std/streams";

const [name, directory] = Deno.args;
if (!name || !directory) {
  console.error("usage: find_files.ts POD DIRECTORY");
  Deno.exit(2);
}

const client = await createClient();
const pods = new Api(Pod, { client });
const command = ["find", directory, "-type", "f", "-print0"];
const session = await pods.exec.stream(name, { command, stderr: false });

const files = session.stdout
  .pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextDelimiterStream("\0"));
for await (const file of files) {
  if (file !== "") console.log(JSON.stringify(file));
}

const code = await session.exitCode;
await client.close();
Deno.exitCode = code ?? 1;
