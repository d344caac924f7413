/** A package.json, as far as it is touched here. */
export interface NpmManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

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
    engines: { node: ">=22" },
    peerDependencies: Object.fromEntries(optional),
    peerDependenciesMeta: Object.fromEntries(
      optional.map(([name]) => [name, { optional: true }]),
    ),
  };
}
