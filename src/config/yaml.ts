import { mergeKeys } from "./merge_keys.ts";

// Not a static import: `deno publish --dry-run` cannot do without the package
// of one, and JSR may be out of reach.
const { parseAll } = await import("@std/yaml");

/**
 * Parses the first document of a YAML text as kubectl does: later ones do not
 * count, of two equal keys the last one does, and `<<` merges. The `core`
 * schema (YAML 1.2, 10.3) makes no dates of strings that look like one.
 */
export function parseYaml(text: string): unknown {
  const parse: (
    text: string,
    options: { schema: "core"; allowDuplicateKeys: boolean },
  ) => unknown[] = parseAll;
  const [document = null] = parse(text, {
    schema: "core",
    allowDuplicateKeys: true,
  });
  return mergeKeys(document);
}
