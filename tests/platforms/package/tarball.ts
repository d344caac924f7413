import { cache } from "../../tools/runner/cache.ts";
import { buildPackage } from "./build_package.ts";

const directory = new URL(`pack-${crypto.randomUUID()}/`, cache);
let building: Promise<string> | null = null;

/** The path of the package for npm, made once for a file of tests. */
export function tarball(): Promise<string> {
  return building ??= buildPackage(directory);
}

globalThis.addEventListener("unload", () => {
  if (building) Deno.removeSync(directory, { recursive: true });
});
