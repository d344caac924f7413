import { parse } from "@std/yaml";

/**
 * Parses one YAML document with the `core` schema (YAML 1.2, 10.3), which makes
 * no dates of strings that look like one.
 */
export function parseYaml(text: string): unknown {
  const parseText: (text: string, options: { schema: "core" }) => unknown =
    parse;
  return parseText(text, { schema: "core" });
}
