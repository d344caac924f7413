import { fileURLToPath } from "node:url";
import { runCommand } from "../../tools/runner/run_command.ts";
import { packages } from "../../harness/preload/specifiers.ts";

const TIMEOUT = 60_000;
const KIB = 1024;

/** A bundle, minified and compressed, in KiB. */
export interface BundleSize {
  /** All of it. */
  readonly whole: number;
  /** What is loaded before anything is called; the rest comes on demand. */
  readonly atStart: number;
}

interface Metafile {
  readonly outputs: Record<string, {
    readonly entryPoint?: string;
    readonly imports: readonly {
      readonly path: string;
      readonly kind: string;
    }[];
  }>;
}

/** Bundles modules for the browser, with esbuild. */
export async function bundleSize(modules: readonly URL[]): Promise<BundleSize> {
  const folder = await Deno.makeTempDir({ prefix: "podwire-" });
  try {
    const entry = `${folder}/entry.js`;
    await Deno.writeTextFile(
      entry,
      modules.map((url) => `export * from "${fileURLToPath(url)}";`).join("\n"),
    );
    await esbuild(entry, `--outfile=${folder}/whole.js`);
    await esbuild(
      entry,
      `--outdir=${folder}/parts`,
      "--splitting",
      `--metafile=${folder}/meta.json`,
    );
    const { outputs }: Metafile = JSON.parse(
      await Deno.readTextFile(`${folder}/meta.json`),
    );
    const parts = staticParts(outputs)
      .map((path) => `${folder}/parts/${path.split("/").at(-1)}`);
    return {
      whole: await compressedSize([`${folder}/whole.js`]),
      atStart: await compressedSize(parts),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The outputs that the entry imports, and what those import. */
function staticParts(outputs: Metafile["outputs"]): string[] {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind } of outputs[path]!.imports) {
      if (kind === "import-statement") visit(next);
    }
  };
  const [entry] = Object.entries(outputs)
    .find(([, { entryPoint }]) => entryPoint?.endsWith("entry.js"))!;
  visit(entry);
  return [...found];
}

async function compressedSize(paths: readonly string[]): Promise<number> {
  const texts = await Promise.all(paths.map((path) => Deno.readFile(path)));
  const compressed = new Blob(texts).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(compressed).bytes()).byteLength / KIB;
}

async function esbuild(entry: string, ...options: string[]): Promise<void> {
  const program = new URL("node_modules/esbuild/bin/esbuild", packages);
  const { ok, output } = await runCommand({
    program: Deno.execPath(),
    args: [
      ...["run", "--quiet", "-A", fileURLToPath(program), entry, "--bundle"],
      ...["--platform=browser", "--format=esm", "--minify"],
      ...["--log-level=error", ...options],
    ],
  }, { timeout: TIMEOUT });
  if (!ok) throw new Error(`Cannot bundle:\n${output}`);
}
