/**
 * Replaces a text in a file of a pod: the file is the old or the new one, never
 * a part of it.
 *
 *     deno run -A examples/edit_file.ts web-0 /tmp/config "port: 80" "port: 8080"
 */
import { Api, createClient, Pod } from "@podwire/podwire";
import {
  FileTransferError,
  readFile,
  readTree,
  writeFile,
} from "@podwire/podwire/files";

const [target, path, old, replacement] = Deno.args;
if (!target || !path || !old || replacement === undefined) {
  console.error("usage: edit_file.ts POD PATH OLD NEW");
  Deno.exit(2);
}

const client = await createClient();
const pods = new Api(Pod, { client });
try {
  const stream = await readFile(pods, target, path);
  const text = await new Response(stream).text();
  await writeFile(pods, target, path, text.replaceAll(old, replacement), {
    onProgress: ({ bytes, total }) => console.log(`${bytes} of ${total} bytes`),
  });

  const directory = path.slice(0, path.lastIndexOf("/")) || "/";
  for await (const entry of readTree(pods, target, directory)) {
    console.log(entry.type, entry.size, entry.path);
  }
} catch (error) {
  if (!(error instanceof FileTransferError)) throw error;
  console.error(`${error.reason}: ${error.message}`);
  Deno.exitCode = 1;
} finally {
  await client.close();
}
