import type { SourceFile } from "./source_files.ts";

/** The floors of the source tree, each a folder or a file of src/. */
const FLOORS: readonly (readonly string[])[] = [
  [
    "errors",
    "errors.ts",
    "bytes.ts",
    "status.ts",
    "target.ts",
    "json.ts",
    "lazy_promise.ts",
    "abortable.ts",
    "options.ts",
    "call_site.ts",
    "redact.ts",
    "timers.ts",
    "version.ts",
  ],
  ["channel", "websocket", "spdy", "http"],
  ["request"],
  ["transport"],
  ["adapters", "platform", "streams"],
  ["session", "config"],
  ["client"],
  ["api"],
  ["testing", "terminal", "relay", "xterm", "files"],
  ["cli"],
];

/** From floor 8 on nothing below imports anything, mod.ts neither. */
const ENTRIES = FLOORS.findIndex((names) => names.includes("testing"));

/** The floor of a file, from its path below the root. */
export function floorOf(path: string): number {
  if (path === "mod.ts") return ENTRIES - 1;
  const [src, name = ""] = path.split("/");
  const floor = FLOORS.findIndex((names) => names.includes(name));
  if (src !== "src" || floor < 0) throw new Error(`${path} is on no floor`);
  return floor;
}

/** Whether a file may name a runtime's globals and modules. */
export function mayNameRuntimes(path: string): boolean {
  return /^src\/(adapters|platform)\//.test(path) ||
    floorOf(path) >= ENTRIES;
}

/** Whether a file may load a package, and then lazily. */
export function mayLoadPackages(path: string): boolean {
  return path === "src/config/yaml_parser.ts" || floorOf(path) >= ENTRIES;
}

/** The files of the package that a file imports, as paths from the root. */
export function importedFiles(file: SourceFile): string[] {
  return file.imports
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) =>
      new URL(specifier, `file:///${file.path}`).pathname.slice(1)
    );
}

/** One cycle among the files, as the path around it; null when there is none. */
export function findCycle(files: readonly SourceFile[]): string[] | null {
  const imports = new Map(
    files.map((file) => [file.path, importedFiles(file)]),
  );
  const done = new Set<string>();

  function visit(path: string, trail: readonly string[]): string[] | null {
    if (trail.includes(path)) {
      return [...trail.slice(trail.indexOf(path)), path];
    }
    if (done.has(path)) return null;
    for (const next of imports.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  }

  for (const path of imports.keys()) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
