import { type Fields, isFields } from "./kubeconfig_document.ts";

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

/**
 * Carries out the merge keys of a YAML value ("Merge Key Language-Independent
 * Type for YAML"), which the `core` schema leaves where they stand: the entries
 * of the mapping under `<<` become entries of the one that has it. As in
 * kubectl they replace those before it, and those after it replace them.
 *
 * @returns A value without merge keys; aliases of one value stay one value.
 * @throws {TypeError} What stands under `<<` is no mapping, or a value contains itself.
 */
export function mergeKeys(value: unknown): unknown {
  const done = new Map<object, unknown>();
  const underway = new Set<object>();

  function visit(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (underway.has(value)) {
      throw new TypeError("Cannot read the value: it contains itself");
    }
    if (!done.has(value)) {
      underway.add(value);
      done.set(value, isFields(value) ? merged(value) : visitAll(value));
      underway.delete(value);
    }
    return done.get(value);
  }

  function visitAll(list: object): unknown[] {
    return (list as unknown[]).map(visit);
  }

  function merged(fields: Fields): Fields {
    const entries = new Map<string, unknown>();
    for (const [key, value] of Object.entries(fields)) {
      if (key !== "<<") entries.set(key, visit(value));
      else for (const it of mergeSources(visit(value))) entries.set(...it);
    }
    return Object.fromEntries(entries);
  }

  return visit(value);
}

/** The entries to merge; of several mappings the first that has one counts. */
function mergeSources(value: unknown): [string, unknown][] {
  const sources = Array.isArray(value) ? value.toReversed() : [value];
  return sources.flatMap((source) => {
    if (isFields(source)) return Object.entries(source);
    throw new TypeError("Cannot merge: what stands under << is no mapping");
  });
}
