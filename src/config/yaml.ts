// Not a static import: `deno publish --dry-run` cannot do without the package
// of one, and JSR may be out of reach.
const { parse } = await import("@std/yaml");

/**
 * Parses one YAML document with the `core` schema (YAML 1.2, 10.3), which makes
 * no dates of strings that look like one.
 */
export function parseYaml(text: string): unknown {
  const parseText: (text: string, options: { schema: "core" }) => unknown =
    parse;
  return parseText(text, { schema: "core" });
}
