/**
 * Writes the types of Kubernetes objects (src/client/kubernetes/) from the
 * published OpenAPI document. Needs Go to fetch the document.
 *
 *     deno task generate
 *
 * @module
 */

import { root } from "../../harness/preload/specifiers.ts";
import { formatted } from "./format.ts";
import { fetchOpenApi } from "./openapi.ts";
import { render } from "./render.ts";

const target = new URL("src/client/kubernetes/", root);
const files = await formatted(render(await fetchOpenApi()));
await Deno.remove(target, { recursive: true }).catch(() => {});
await Deno.mkdir(target);
for (const [name, text] of files) {
  await Deno.writeTextFile(new URL(name, target), text);
}
console.log(`wrote ${files.size} files in ${target.pathname}`);
