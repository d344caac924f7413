/**
 * `deno test` this file with the paths of test files behind `--`. Deno gives each
 * file that it is told of an isolate of its own, and loads the sources again, for
 * which a quarter of a second is little. Bun and Node load them once.
 *
 * @module
 */

import { root } from "./specifiers.ts";

for (const file of Deno.args) await import(new URL(file, root).href);
