import { root } from "../../harness/preload/specifiers.ts";

/** Formats files with `deno fmt`. */
export async function formatted(
  files: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "podwire-" });
  try {
    for (const [name, text] of files) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["fmt", "--quiet", folder],
      cwd: root,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const names = [...files.keys()];
    return new Map(
      await Promise.all(names.map(async (name): Promise<[string, string]> => [
        name,
        await Deno.readTextFile(`${folder}/${name}`),
      ])),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
