/**
 * `deno task check:release TAG`: whether the files of this commit fit a tag of a
 * release. The workflow that publishes runs it first.
 *
 * @module
 */

import { root } from "../../harness/preload/specifiers.ts";
import { obstacles } from "./check_release.ts";

const [tag] = Deno.args;
if (tag === undefined) {
  console.error("Name a tag: deno task check:release v1.2.3");
  Deno.exit(2);
}
const found = obstacles(tag, {
  manifests: {
    "deno.json": await read("deno.json"),
    "jsr.json": await read("jsr.json"),
  },
  changelog: await read("CHANGELOG.md"),
});
for (const obstacle of found) console.error(obstacle);
Deno.exit(found.length === 0 ? 0 : 1);

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, root));
}
