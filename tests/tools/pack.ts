/**
 * `deno task pack`: builds the npm package as a tarball in the working directory.
 *
 * @module
 */

import { basename, join } from "node:path";
import { buildPackage } from "../platforms/package/build_package.ts";
import { cache } from "./runner/cache.ts";
import { providePackages } from "./runner/packages.ts";

await providePackages();
const directory = new URL(`pack-${crypto.randomUUID()}/`, cache);
try {
  const tarball = await buildPackage(directory);
  const target = join(Deno.cwd(), basename(tarball));
  await Deno.copyFile(tarball, target);
  console.log(target);
} finally {
  await Deno.remove(directory, { recursive: true });
}
