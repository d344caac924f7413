import { type Fields, isFields } from "./section.ts";

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
      else for (const it of sourcesOf(visit(value))) entries.set(...it);
    }
    return Object.fromEntries(entries);
  }

  return visit(value);
}

/** The entries to merge; of several mappings the first that has one counts. */
function sourcesOf(value: unknown): [string, unknown][] {
  const sources = Array.isArray(value) ? value.toReversed() : [value];
  return sources.flatMap((source) => {
    if (isFields(source)) return Object.entries(source);
    throw new TypeError("Cannot merge: what stands under << is no mapping");
  });
}
