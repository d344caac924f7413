import { root } from "../harness/preload/specifiers.ts";

/** The fields of both manifests. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}

/** The additional fields of deno.json. */
export interface DenoManifest extends Manifest {
  /** More imports, for the files below a folder. */
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The additional fields of jsr.json. */
export interface JsrManifest extends Manifest {
  readonly publish: { readonly include: readonly string[] };
}

/** deno.json. */
export function readDenoManifest(): Promise<DenoManifest> {
  return readJson("deno.json");
}

/** jsr.json. */
export function readJsrManifest(): Promise<JsrManifest> {
  return readJson("jsr.json");
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(path, root)));
}
