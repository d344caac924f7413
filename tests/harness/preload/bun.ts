/**
 * `bun --preload` this file to give Bun the bare specifiers of deno.json.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { packages, readSpecifiers } from "./specifiers.ts";

interface BunGlobal {
  plugin(plugin: {
    name: string;
    setup(build: {
      module(
        specifier: string,
        load: () => { contents: string; loader: "js" },
      ): void;
    }): void;
  }): void;
  resolveSync(specifier: string, parent: string): string;
}

const { Bun } = globalThis as unknown as { Bun: BunGlobal };

Bun.plugin({
  name: "deno.json",
  setup(build) {
    for (const [specifier, target] of readSpecifiers()) {
      build.module(specifier, () => {
        const path = "file" in target
          ? fileURLToPath(target.file)
          : Bun.resolveSync(target.npm + target.path, fileURLToPath(packages));
        return {
          contents: `export * from ${JSON.stringify(path)};`,
          loader: "js",
        };
      });
    }
  },
});
