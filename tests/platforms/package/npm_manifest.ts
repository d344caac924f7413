/** The parts of a package.json that are used here. */
export interface NpmManifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<
    Record<
      string,
      { readonly types: string; readonly default: string } | string
    >
  >;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The main entry point, inside the package. */
export const MAIN = "mod.js";

/** The folder of code shared by entry points. */
export const CHUNKS = "chunks/";

/**
 * Replacements of chunks in bundles for browsers, which have no files and no
 * environment variables to search.
 */
const IN_PAGES = {
  [`./${CHUNKS}platform.js`]: `./${CHUNKS}platform_browser.js`,
  [`./${CHUNKS}search_config.js`]: false,
  [`./${CHUNKS}environment_proxy.js`]: false,
} as const;

/** The command-line program, inside the package. */
export const PROGRAM = "src/cli/main.js";

/**
 * The manifest of `deno pack`, adapted for npm: no dependencies. The YAML parser
 * is bundled; the test kit's certificates need an optional peer dependency.
 *
 * @param repository The URL of the sources, which npm compares with the workflow
 * that publishes; none outside of one.
 */
export function npmManifest(
  packed: NpmManifest,
  repository: string | null = null,
): NpmManifest {
  const { dependencies = {}, exports, ...rest } = packed;
  const optional = Object.entries(dependencies)
    .filter(([name]) => !name.startsWith("@jsr/"));
  return {
    ...rest,
    // Tools read the manifest of what they bundle.
    exports: { ...exports, "./package.json": "./package.json" },
    typesVersions: { "*": declarations(packed) },
    ...repository && { repository: { type: "git", url: repository } },
    description: "Runs commands in Kubernetes pods and attaches to them: " +
      "each channel a Web stream, on Deno, Bun, Node, browsers and Workers",
    keywords: ["kubernetes", "exec", "attach", "pod", "websocket", "streams"],
    bin: { podwire: PROGRAM },
    sideEffects: [PROGRAM],
    browser: IN_PAGES,
    // `process.getBuiltinModule`.
    engines: { node: ">=22.3" },
    peerDependencies: Object.fromEntries(optional),
    peerDependenciesMeta: Object.fromEntries(
      optional.map(([name]) => [name, { optional: true }]),
    ),
  };
}

/**
 * The declarations of the entries beside the main one, for TypeScript with
 * `moduleResolution: "node10"`, which does not read `exports`.
 */
function declarations({ exports }: NpmManifest): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [entry, target] of Object.entries(exports)) {
    if (typeof target === "string" || entry === ".") continue;
    found[entry.slice(2)] = [target.types.slice(2)];
  }
  return found;
}

/** The paths of a package's entry points. */
export function entryPoints({ exports }: NpmManifest): string[] {
  return Object.values(exports)
    .filter((target) => typeof target === "object")
    .map(({ default: path }) => path.slice(2));
}
