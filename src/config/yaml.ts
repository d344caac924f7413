import { decodeBase64, decodeText } from "../bytes.ts";
import { isRecord } from "../json.ts";
import { parseAll } from "./yaml_parser.ts";
import { prepareYaml, type YamlSource } from "./yaml_source.ts";

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
  const source = prepareYaml(text);
  const [document = null] = parse(source.text, {
    schema: "core",
    allowDuplicateKeys: true,
  });
  return mergeKeys(document, source);
}

/**
 * Applies the merge keys of a YAML value ("Merge Key Language-Independent Type
 * for YAML"), which the `core` schema leaves in place: the entries of the
 * mapping under `<<` become entries of its parent. As in kubectl, they replace
 * earlier entries and are replaced by later ones.
 *
 * @returns A value without merge keys; aliases of one value stay one value.
 * @param source Tells how strings are marked.
 * @throws {TypeError} The value under `<<` is not a mapping, or a value
 * contains itself.
 * @throws {RangeError} The merge keys are a way to make it large.
 */
function mergeKeys(value: unknown, source: YamlSource): unknown {
  const done = new Map<object, unknown>();
  const pending = new Set<object>();
  let cost = 0;

  function visit(value: unknown): unknown {
    if (typeof value === "string") return unmarked(value, source);
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
      if (key !== "<<") entries.set(unmarked(key, source), visit(value));
      else {
        for (const source of mergeSources(visit(value))) {
          const merged = Object.entries(source);
          cost += 1 + merged.length;
          if (cost > MAX_MERGED) {
            throw new RangeError("its merge keys expand too far");
          }
          for (const entry of merged) entries.set(...entry);
        }
      }
    }
    return Object.fromEntries(entries);
  }

  return visit(value);
}

/** More entries than any kubeconfig merges; without a limit it is quadratic. */
const MAX_MERGED = 100_000;

/** In a list of mappings, the first one with an entry wins. */
function mergeSources(value: unknown): Record<string, unknown>[] {
  // The same mapping again, by an alias, adds nothing.
  const sources = Array.isArray(value)
    ? [...new Set(value)].toReversed()
    : [value];
  if (sources.every(isRecord)) return sources;
  throw new TypeError("Cannot merge: the value under << is not a mapping");
}

/** @throws {DOMException} It is marked as base64, and is not. */
function unmarked(text: string, { literal, binary }: YamlSource): string {
  if (text.startsWith(literal)) return text.slice(literal.length);
  if (!text.startsWith(binary)) return text;
  return decodeText(decodeBase64(text.slice(binary.length)));
}
