import { isRecord } from "../json.ts";

// Not a static import: `deno publish --dry-run` requires the package of one,
// and JSR may be unreachable.
const { parseAll } = await import("@std/yaml");

/**
 * Parses the first document of a YAML text as kubectl does: later documents are
 * ignored, the last of equal keys wins, and `<<` merges. The `core` schema
 * (YAML 1.2, 10.3) does not turn strings that look like dates into dates.
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
 * Applies the merge keys of a YAML value ("Merge Key Language-Independent Type
 * for YAML"), which the `core` schema leaves in place: the entries of the
 * mapping under `<<` become entries of its parent. As in kubectl, they replace
 * earlier entries and are replaced by later ones.
 *
 * @returns A value without merge keys; aliases of one value stay one value.
 * @throws {TypeError} The value under `<<` is not a mapping, or a value
 * contains itself.
 */
function mergeKeys(value: unknown): unknown {
  const done = new Map<object, unknown>();
  const pending = new Set<object>();

  function visit(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (pending.has(value)) {
      throw new TypeError("Cannot read the value: it contains itself");
    }
    if (!done.has(value)) {
      pending.add(value);
      done.set(value, isRecord(value) ? merged(value) : visitAll(value));
      pending.delete(value);
    }
    return done.get(value);
  }

  function visitAll(list: object): unknown[] {
    return (list as unknown[]).map(visit);
  }

  function merged(
    fields: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    for (const [key, value] of Object.entries(fields)) {
      if (key !== "<<") entries.set(key, visit(value));
      else for (const it of entriesToMerge(visit(value))) entries.set(...it);
    }
    return Object.fromEntries(entries);
  }

  return visit(value);
}

/** In a list of mappings, the first one with an entry wins. */
function entriesToMerge(value: unknown): [string, unknown][] {
  const sources = Array.isArray(value) ? value.toReversed() : [value];
  return sources.flatMap((source) => {
    if (isRecord(source)) return Object.entries(source);
    throw new TypeError("Cannot merge: the value under << is not a mapping");
  });
}
