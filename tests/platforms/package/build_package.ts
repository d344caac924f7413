import { fileURLToPath } from "node:url";
import { root } from "../../harness/preload/specifiers.ts";
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
  const manifest = npmManifest(packed, repositoryUrl());
  await Deno.writeTextFile(path, JSON.stringify(manifest, null, 2) + "\n");
  await writeLicences(new URL("THIRD_PARTY_LICENSES", files));
  return await pack(files, directory);
}

/** The repository of the workflow that this runs in. */
function repositoryUrl(): string | null {
  const server = Deno.env.get("GITHUB_SERVER_URL");
  const name = Deno.env.get("GITHUB_REPOSITORY");
  return server && name ? `git+${server}/${name}.git` : null;
}

/** Writes the licences of the bundled code, which demand to be in every copy. */
async function writeLicences(file: URL): Promise<void> {
  const own = await Deno.readTextFile(new URL("LICENSE", root));
  const terms = own.slice(own.indexOf("Permission is hereby granted"));
  const licences = BUNDLED.map(([name, copyright]) =>
    `${name}\n\nMIT License\n\n${copyright}\n\n${terms}`
  );
  const title = "Licences of the code that this package contains\n";
  await Deno.writeTextFile(file, [title, ...licences].join("\n"));
}

/** The YAML parser, and what it was made from. */
const BUNDLED = [
  ["@std/yaml", "Copyright 2018-2026 the Deno authors."],
  ["js-yaml", "Copyright (C) 2011-2015 by Vitaly Puzrin"],
] as const;

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
