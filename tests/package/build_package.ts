import { fileURLToPath } from "node:url";
import { packages, root } from "../runtimes/specifiers.ts";
import { runCommand } from "../runner/run_command.ts";
import { npmManifest, PROGRAM } from "./npm_manifest.ts";

const TIMEOUT = 120_000;

/** The parser's licence wants to be named where it goes. */
const NOTICE =
  "/* Contains @std/yaml: Copyright 2018 the Deno authors, and its " +
  "origin js-yaml: Copyright 2011-2015 Vitaly Puzrin. Both MIT licensed. */";

/**
 * Makes the package for npm: JavaScript and declarations by `deno pack`, with
 * the YAML parser inside, since npm does not have the one of JSR.
 *
 * @param directory Where to put it, with a slash at its end.
 * @returns The tarball's path.
 */
export async function buildPackage(directory: URL): Promise<string> {
  await Deno.mkdir(directory, { recursive: true });
  const packed = fileURLToPath(new URL("packed.tgz", directory));
  await run(Deno.execPath(), [
    ...["pack", "-c", "jsr.json", "--allow-dirty", "--no-source-maps"],
    ...["--output", packed],
  ]);
  await run("tar", ["-xzf", packed, "-C", fileURLToPath(directory)]);
  await Deno.remove(packed);
  const files = new URL("package/", directory);
  await bundleYaml(files);
  await makeProgram(new URL(PROGRAM, files));
  await rewriteManifest(files);
  return await tarball(files, directory);
}

/** The one module that imports the parser takes it in. */
async function bundleYaml(files: URL): Promise<void> {
  const path = fileURLToPath(new URL("src/config/yaml.js", files));
  const { parser } = await yamlParser();
  await run(Deno.execPath(), [
    ...["run", "--quiet", "-A", esbuild(), path, "--bundle", "--format=esm"],
    ...["--platform=neutral", "--target=es2022", "--log-level=warning"],
    ...[`--alias:@std/yaml=${parser}`, `--outfile=${path}`],
    ...["--allow-overwrite", `--banner:js=${NOTICE}`],
  ]);
}

function esbuild(): string {
  return fileURLToPath(new URL("node_modules/esbuild/bin/esbuild", packages));
}

/** The parser that the tests run with: the same code as on JSR. */
async function yamlParser(): Promise<{ readonly parser: string }> {
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const path = /^npm:([^@]+)@[^/]+(\/.*)$/.exec(imports["@std/yaml"])!;
  const module = `node_modules/${path[1]}${path[2]}`;
  return { parser: fileURLToPath(new URL(module, packages)) };
}

/** What npm links as a program says what runs it. */
async function makeProgram(file: URL): Promise<void> {
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, `#!/usr/bin/env node\n${text}`);
}

async function rewriteManifest(files: URL): Promise<void> {
  const path = new URL("package.json", files);
  const manifest = npmManifest(JSON.parse(await Deno.readTextFile(path)));
  await Deno.writeTextFile(path, JSON.stringify(manifest, null, 2) + "\n");
}

async function tarball(files: URL, directory: URL): Promise<string> {
  const { name, version } = JSON.parse(
    await Deno.readTextFile(new URL("package.json", files)),
  );
  const file = `${name.slice(1).replace("/", "-")}-${version}.tgz`;
  const path = fileURLToPath(new URL(file, directory));
  const folder = fileURLToPath(directory);
  await run("tar", ["-czf", path, "--owner=0", "-C", folder, "package"]);
  return path;
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const command = { program, args };
  const { ok, output } = await runCommand(command, { timeout: TIMEOUT });
  if (ok) return;
  throw new Error(`Cannot build the package: ${program} failed\n${output}`);
}
