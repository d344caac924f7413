import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { packages } from "../../harness/preload/specifiers.ts";
import { CHUNKS, MAIN } from "./npm_manifest.ts";
import { run } from "./run.ts";
import { writeYamlParser } from "./yaml_parser.ts";

/** Modules that keep their names among the chunks. */
const NAMED = [
  // `load_yaml.ts` looks for it beside itself.
  "src/config/yaml.js",
  // The manifest tells bundlers for pages what to do with these.
  "src/platform/platform.js",
  "src/platform/platform_browser.js",
  "src/config/search_config.js",
  "src/config/environment_proxy.js",
];

const BUNDLED = "bundled/";

const DYNAMIC_IMPORT = /\bimport\("(\.[^"]+)"\)/g;

/**
 * Makes few files of the many modules of a package, since a runtime takes its
 * time for each. The entry points stay where they are; all that the main one
 * needs is one chunk, and what is loaded on demand stays apart.
 *
 * @param files The package, with a module for each source file.
 * @param entries The paths of its entry points.
 */
export async function bundleModules(
  files: URL,
  entries: readonly string[],
): Promise<void> {
  const modules = await listModules(files);
  const parser = new URL("yaml_parser.js", files);
  await writeYamlParser(parser);
  const starts = [...entries, ...NAMED, ...await onDemand(files, modules)];
  for (const path of new Set(starts)) {
    if (path !== MAIN) await leanOnMain(files, path);
  }
  await run(Deno.execPath(), [
    ...["run", "--quiet", "-A"],
    fileURLToPath(new URL("node_modules/esbuild/bin/esbuild", packages)),
    ...entries,
    ...NAMED.map((path) => `${CHUNKS}${basename(path, ".js")}=${path}`),
    ...["--bundle", "--splitting", "--format=esm", "--platform=neutral"],
    ...["--target=es2022", "--charset=utf8", "--log-level=warning"],
    ...["--external:node:*", "--external:@peculiar/x509"],
    `--alias:@std/yaml=${fileURLToPath(parser)}`,
    ...["--outbase=.", `--outdir=${BUNDLED}`],
    `--chunk-names=${CHUNKS}[name]-[hash]`,
  ], files);
  await Deno.remove(parser);
  for (const path of modules) await Deno.remove(new URL(path, files));
  await moveModules(new URL(BUNDLED, files), files);
}

/** The paths of all JavaScript in a folder. */
async function listModules(folder: URL, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      const inner = new URL(`${name}/`, folder);
      found.push(...await listModules(inner, `${below}${name}/`));
    } else if (name.endsWith(".js")) found.push(below + name);
  }
  return found;
}

async function moveModules(from: URL, to: URL): Promise<void> {
  for (const path of await listModules(from)) {
    await Deno.mkdir(new URL(".", new URL(path, to)), { recursive: true });
    await Deno.rename(new URL(path, from), new URL(path, to));
  }
  await Deno.remove(from, { recursive: true });
}

/** The modules that others import when they need them. */
async function onDemand(
  files: URL,
  modules: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const path of modules) {
    const text = await Deno.readTextFile(new URL(path, files));
    for (const [, specifier = ""] of text.matchAll(DYNAMIC_IMPORT)) {
      const url = new URL(specifier, new URL(path, files));
      found.push(url.href.slice(files.href.length));
    }
  }
  return found;
}

/**
 * esbuild makes a chunk for each set of entry points that share something:
 * where all of them import the main one, what that needs is a single chunk.
 */
async function leanOnMain(files: URL, path: string): Promise<void> {
  const module = new URL(path, files);
  const specifier = relative(dirname(path), MAIN);
  const main = specifier.startsWith(".") ? specifier : `./${specifier}`;
  const text = `\nimport ${JSON.stringify(main)};\n`;
  await Deno.writeTextFile(module, text, { append: true });
}
