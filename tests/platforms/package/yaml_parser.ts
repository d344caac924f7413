import { fileURLToPath } from "node:url";
import { packages, root } from "../../harness/preload/specifiers.ts";

/** The parser's licence wants to be named where it goes. */
const NOTICE =
  "/*! Contains @std/yaml: Copyright 2018 the Deno authors, and its " +
  "origin js-yaml: Copyright 2011-2015 Vitaly Puzrin. Both MIT licensed. */";

/**
 * Writes a module that stands for `@std/yaml`, which npm does not have: it is
 * the parser that the tests run with, the same code as on JSR.
 */
export async function writeYamlParser(file: URL): Promise<void> {
  const { imports } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const path = /^npm:([^@]+)@[^/]+(\/.*)$/.exec(imports["@std/yaml"])!;
  const parser = new URL(`node_modules/${path[1]}${path[2]}`, packages);
  const specifier = JSON.stringify(fileURLToPath(parser));
  await Deno.writeTextFile(
    file,
    `${NOTICE}\nexport { parseAll } from ${specifier};\n`,
  );
}
