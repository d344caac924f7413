/**
 * The bare specifiers of deno.json (its import map, and the package's own name
 * with its entry points) for runtimes that do not read it.
 *
 * @module
 */

import { readFileSync } from "node:fs";

/** The repository's root, with a slash at its end. */
export const root: URL = new URL("../../../", import.meta.url);

/** Where the test runner puts the npm packages of the import map. */
export const packages: URL = new URL(".cache/packages/", root);

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** What a bare specifier resolves to. */
export type Target =
  | { readonly file: URL }
  | { readonly npm: string; readonly version: string; readonly path: string };

/** Every bare specifier of deno.json. */
export function readSpecifiers(): Map<string, Target> {
  const manifest: Manifest = JSON.parse(
    readFileSync(new URL("deno.json", root), "utf8"),
  );
  const targets = new Map<string, Target>();
  for (const [entry, path] of Object.entries(manifest.exports)) {
    targets.set(manifest.name + entry.slice(1), { file: new URL(path, root) });
  }
  for (const [name, target] of Object.entries(manifest.imports)) {
    targets.set(name, parseNpm(target));
  }
  return targets;
}

function parseNpm(specifier: string): Target {
  const match = /^npm:((?:@[^/]+\/)?[^@/]+)@([^/]+)(\/.*)?$/.exec(specifier);
  if (match === null) {
    throw new Error(`Cannot read an import of deno.json: "${specifier}"`);
  }
  const [, npm = "", version = "", path = ""] = match;
  return { npm, version, path };
}
