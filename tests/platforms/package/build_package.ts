import { fileURLToPath } from "node:url";
import { cache } from "../../tools/runner/cache.ts";
import { bundleModules, run } from "./bundle_modules.ts";
import {
  entryPoints,
  type NpmManifest,
  npmManifest,
  PROGRAM,
} from "./npm_manifest.ts";

/**
 * Builds the npm package: JavaScript and declarations from `deno pack`, with the
 * JavaScript bundled into few files. Includes the YAML parser, which is on JSR
 * only.
 *
 * @param directory The target directory, with a trailing slash.
 * @returns The tarball's path.
 */
export async function buildPackage(directory: URL): Promise<string> {
  await Deno.mkdir(directory, { recursive: true });
  await unpack(directory);
  const files = new URL("package/", directory);
  const path = new URL("package.json", files);
  const packed: NpmManifest = JSON.parse(await Deno.readTextFile(path));
  await bundleModules(files, entryPoints(packed));
  await makeProgram(new URL(PROGRAM, files));
  const manifest = npmManifest(packed);
  await Deno.writeTextFile(path, JSON.stringify(manifest, null, 2) + "\n");
  return await pack(files, directory);
}

/** Writes a module and a declaration for each source file, below `package/`. */
async function unpack(directory: URL): Promise<void> {
  const packed = fileURLToPath(new URL("packed.tgz", directory));
  await run(Deno.execPath(), [
    ...["pack", "-c", "jsr.json", "--allow-dirty", "--no-source-maps"],
    ...["--output", packed],
  ]);
  await run("tar", ["-xzf", packed, "-C", fileURLToPath(directory)]);
  await Deno.remove(packed);
}

/** Adds the shebang line that npm needs for a program. */
async function makeProgram(file: URL): Promise<void> {
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, `#!/usr/bin/env node\n${text}`);
}

async function pack(files: URL, directory: URL): Promise<string> {
  const { name, version } = JSON.parse(
    await Deno.readTextFile(new URL("package.json", files)),
  );
  const file = `${name.slice(1).replace("/", "-")}-${version}.tgz`;
  const path = fileURLToPath(new URL(file, directory));
  const folder = fileURLToPath(directory);
  await run("tar", ["-czf", path, "--owner=0", "-C", folder, "package"]);
  return path;
}

const directory = new URL(`pack-${crypto.randomUUID()}/`, cache);
let building: Promise<string> | null = null;

/** The path of the npm package, built once per test file. */
export function tarball(): Promise<string> {
  return building ??= buildPackage(directory);
}

globalThis.addEventListener("unload", () => {
  if (building) Deno.removeSync(directory, { recursive: true });
});
