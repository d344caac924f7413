import { packages, root } from "../../harness/preload/specifiers.ts";
import { runCommand } from "../../tools/runner/run_command.ts";
import { CHUNKS, MAIN } from "./npm_manifest.ts";
import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Modules whose chunks keep their names. */
const NAMED = [
  // The manifest replaces these in bundles for browsers.
  "src/platform/platform.js",
  "src/platform/platform_browser.js",
  "src/config/search_config.js",
  "src/config/environment_proxy.js",
];

const BUNDLED = "bundled/";

const DYNAMIC_IMPORT = /\bimport\("(\.[^"]+)"\)/g;

/**
 * Bundles the modules of a package into few files, which load faster. Entry points
 * keep their paths; everything that the main one needs is one chunk, and modules
 * loaded on demand stay separate.
 *
 * @param files The package, with a module per source file.
 * @param entries The paths of its entry points.
 */
export async function bundleModules(
  files: URL,
  entries: readonly string[],
): Promise<void> {
  const modules = await listModules(files);
  await replaceYamlModules(new URL("src/config/", files));
  const starts = [...entries, ...NAMED, ...await onDemand(files, modules)];
  for (const path of new Set(starts)) {
    if (path !== MAIN) await importMain(files, path);
  }
  await run(Deno.execPath(), [
    ...["run", "--quiet", "-A"],
    fileURLToPath(new URL("node_modules/esbuild/bin/esbuild", packages)),
    ...entries,
    ...NAMED.map((path) => `${CHUNKS}${basename(path, ".js")}=${path}`),
    ...["--bundle", "--splitting", "--format=esm", "--platform=neutral"],
    ...["--target=es2022", "--charset=utf8", "--log-level=warning"],
    ...["--external:node:*", "--external:@peculiar/x509"],
    ...["--outbase=.", `--outdir=${BUNDLED}`],
    `--chunk-names=${CHUNKS}[name]-[hash]`,
  ], files);
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

/** The modules that are imported dynamically. */
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
 * esbuild creates a chunk for each set of entry points that share code. If all of
 * them import the main one, everything that it needs is a single chunk.
 */
async function importMain(files: URL, path: string): Promise<void> {
  const module = new URL(path, files);
  const specifier = relative(dirname(path), MAIN);
  const main = specifier.startsWith(".") ? specifier : `./${specifier}`;
  const text = `\nimport ${JSON.stringify(main)};\n`;
  await Deno.writeTextFile(module, text, { append: true });
}

/** The parser's licence requires this notice in every copy. */
const NOTICE =
  "/*! Contains @std/yaml: Copyright 2018 the Deno authors, and its " +
  "origin js-yaml: Copyright 2011-2015 Vitaly Puzrin. Both MIT licensed. */";

/**
 * The parser is not on npm: the package has the same code as on JSR, from the
 * package that the tests use. So a literal `import()`, which bundlers follow, and
 * a static import, which `require` admits, load nothing from elsewhere.
 */
async function replaceYamlModules(folder: URL): Promise<void> {
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const path = /^npm:([^@]+)@[^/]+(\/.*)$/.exec(imports["@std/yaml"])!;
  const parser = new URL(`node_modules/${path[1]}${path[2]}`, packages);
  const specifier = JSON.stringify(fileURLToPath(parser));
  const replacements = {
    "yaml_parser.js": `${NOTICE}\nexport { parseAll } from ${specifier};\n`,
    "load_yaml.js": LOAD_YAML,
  };
  for (const [name, text] of Object.entries(replacements)) {
    const module = new URL(name, folder);
    await Deno.stat(module); // It must still be there to be replaced.
    await Deno.writeTextFile(module, text);
  }
}

const LOAD_YAML = `export async function loadYaml() {
  const { parseYaml } = await import("./yaml.js");
  return parseYaml;
}
`;

const TIMEOUT = 120_000;

/** Runs a program that is part of building the package. */
export async function run(
  program: string,
  args: readonly string[],
  cwd?: URL,
): Promise<void> {
  const command = { program, args };
  const { ok, output } = await runCommand(command, {
    timeout: TIMEOUT,
    cwd,
  });
  if (ok) return;
  throw new Error(`Cannot build the package: ${program} failed\n${output}`);
}
