/**
 * Copies a directory of a pod to this machine, shows on a terminal how far it
 * is, and lists what was left out.
 *
 *     deno run -A examples/back_up.ts web-0 /var/lib/app ./backup
 */
import { Api, createClient, FileTransferError, Pod } from "@podwire/podwire";
import { copyFrom, type TransferProgress } from "@podwire/podwire/files";

const [target, directory, local] = Deno.args;
if (!target || !directory || !local) {
  console.error("usage: back_up.ts POD DIRECTORY LOCAL_DIRECTORY");
  Deno.exit(2);
}

const client = await createClient();
const pods = new Api(Pod, { client });
try {
  const { files, bytes, skipped } = await copyFrom(
    pods,
    target,
    directory,
    local,
    { onProgress: show },
  );
  console.log(`copied ${files} files, ${bytes} bytes`);
  for (const { path, reason } of skipped) {
    console.log(`left out ${JSON.stringify(path)}: ${reason}`);
  }
} catch (error) {
  if (!(error instanceof FileTransferError)) throw error;
  console.error(`${error.reason}: ${error.message}`);
  Deno.exitCode = 1;
} finally {
  await client.close();
}

/** One line that changes, for a person only. */
function show({ bytes, files, path }: TransferProgress): void {
  if (!Deno.stderr.isTerminal()) return;
  const text = `${files} files, ${(bytes / 2 ** 20).toFixed(1)} MiB: ${path}`;
  // The name is what the container says: it may have control characters.
  const line = text.replaceAll(/\p{Cc}/gu, "?").slice(0, 78);
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${line}`));
}
