const MIB = 2 ** 20;

/** What the files of a folder come to, in MiB. */
export async function installedSize(folder: URL): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    if (isDirectory) {
      bytes += await installedSize(new URL(`${name}/`, folder)) * MIB;
    } else if (isFile) bytes += (await Deno.stat(new URL(name, folder))).size;
  }
  return bytes / MIB;
}
