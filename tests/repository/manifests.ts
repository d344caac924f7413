import { root } from "../harness/preload/specifiers.ts";

/** What both manifests say. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** What jsr.json says beyond that. */
export interface JsrManifest extends Manifest {
  readonly publish: { readonly include: readonly string[] };
}

/** deno.json. */
export function readDenoManifest(): Promise<Manifest> {
  return readJson("deno.json");
}

/** jsr.json. */
export function readJsrManifest(): Promise<JsrManifest> {
  return readJson("jsr.json");
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(path, root)));
}
