/** A package.json, as far as it is touched here. */
export interface NpmManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The main entry point, inside the package. */
export const MAIN = "mod.js";

/** Where the code is that entry points share. */
export const CHUNKS = "chunks/";

/**
 * What bundlers for pages put in the place of chunks: where there is no machine
 * to look at, nothing is looked for in its files and variables.
 */
const IN_PAGES = {
  [`./${CHUNKS}platform.js`]: `./${CHUNKS}platform_browser.js`,
  [`./${CHUNKS}search_config.js`]: false,
  [`./${CHUNKS}environment_proxy.js`]: false,
} as const;

/** The command-line program, inside the package. */
export const PROGRAM = "src/cli/main.js";

/**
 * What `deno pack` writes, made fit for npm: nothing is installed beside the
 * package. The parser of kubeconfigs is inside; the test kit's certificates
 * need a package that only who uses the kit installs.
 */
export function npmManifest(packed: NpmManifest): NpmManifest {
  const { dependencies = {}, ...rest } = packed;
  const optional = Object.entries(dependencies)
    .filter(([name]) => !name.startsWith("@jsr/"));
  return {
    ...rest,
    description: "Runs commands in Kubernetes pods and attaches to them: " +
      "each channel a Web stream, on Deno, Bun, Node, browsers and Workers",
    keywords: ["kubernetes", "exec", "attach", "pod", "websocket", "streams"],
    bin: { podwire: PROGRAM },
    sideEffects: [PROGRAM],
    browser: IN_PAGES,
    engines: { node: ">=22" },
    peerDependencies: Object.fromEntries(optional),
    peerDependenciesMeta: Object.fromEntries(
      optional.map(([name]) => [name, { optional: true }]),
    ),
  };
}

/** The paths of what a package exports. */
export function entryPoints({ exports }: NpmManifest): string[] {
  return Object.values(exports).map(({ default: path }) => path.slice(2));
}
