/**
 * `node --import` this file to give Node the bare specifiers of deno.json.
 *
 * @module
 */

import { registerHooks } from "node:module";
import { packages, readSpecifiers } from "./specifiers.ts";

const specifiers = readSpecifiers();
const parentURL = new URL("package.json", packages).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const target = specifiers.get(specifier);
    if (target === undefined) return nextResolve(specifier, context);
    if ("file" in target) return nextResolve(target.file.href, context);
    return nextResolve(target.npm + target.path, { ...context, parentURL });
  },
});
