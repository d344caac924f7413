/**
 * Writes the types of Kubernetes objects (src/client/kubernetes/) from the
 * published OpenAPI document, and from them the field names that the test
 * cluster validates. Needs Go to fetch the document.
 *
 *     deno task generate
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { root } from "../../harness/preload/specifiers.ts";
import { formatted } from "./format.ts";
import { renderKnownFields } from "./known_fields.ts";
import { fetchOpenApi } from "./openapi.ts";
import { render } from "./render.ts";

const target = new URL("src/client/kubernetes/", root);
const files = await formatted(render(await fetchOpenApi()));
await Deno.remove(target, { recursive: true }).catch(() => {});
await Deno.mkdir(target);
for (const [name, text] of files) {
  await Deno.writeTextFile(new URL(name, target), text);
}
const known = renderKnownFields([...files.values()]);
const [fields] = (await formatted(new Map([["known_fields.ts", known]])))
  .values();
await Deno.writeTextFile(
  new URL("src/testing/api_server/objects/known_fields.ts", root),
  fields!,
);
console.log(`wrote ${files.size + 1} files, most in ${fileURLToPath(target)}`);
