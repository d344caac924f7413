/**
 * `deno task docs`: pages of every entry point, as JSR shows them, in
 * `.cache/docs/`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { root } from "../harness/preload/specifiers.ts";
import { cache } from "./runner/cache.ts";

const manifest: { name: string; exports: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", root)),
);
const output = fileURLToPath(new URL("docs/", cache));
const { success } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["doc", "--html", `--name=${manifest.name}`, `--output=${output}`],
    ...Object.values(manifest.exports),
  ],
  cwd: fileURLToPath(root),
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);
console.log(`${output}index.html`);
